/* What libc itself must set right in a child that was made by __fork_copy. */
#include "pthread_impl.h"
#include "syscall.h"

void __fork_child_setup(void)
{
	__pthread_self()->tid = __syscall(SYS_gettid);
}
