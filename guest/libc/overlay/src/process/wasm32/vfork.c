/* vfork is a macro (unistd.h). This is for those who take its address or declare it themselves: a fork.
 * The macro's two halves as an application sees them, with errno, are here as well. */
#include <unistd.h>
#include "syscall.h"
#include "vfork_impl.h"

#undef vfork

pid_t vfork(void)
{
	return fork();
}

int __vfork_child(void)
{
	return __syscall_ret(__vfork_begin());
}

int __vfork_parent(void)
{
	return __vfork_result();
}
