#ifndef VFORK_IMPL_H
#define VFORK_IMPL_H

#include <features.h>

struct __jmp_buf_tag;
struct __jmp_buf_tag *__vfork_frame(void);
long __vfork_begin(void);
long __vfork_result(void);

#endif
