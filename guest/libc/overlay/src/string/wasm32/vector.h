/* 16 bytes at a time. An aligned load never leaves linear memory, whose size is a multiple of 64 KiB, so it may go
 * beyond the object it is meant for; an unaligned one may not. */
#include <stdint.h>

typedef signed char vector __attribute__((__vector_size__(16), __may_alias__));
typedef signed char loose __attribute__((__vector_size__(16), __may_alias__, __aligned__(1)));
typedef uint64_t loose64 __attribute__((__may_alias__, __aligned__(1)));
typedef uint32_t loose32 __attribute__((__may_alias__, __aligned__(1)));
typedef uint16_t loose16 __attribute__((__may_alias__, __aligned__(1)));

#define VECTOR 16

static inline vector all(int c)
{
	return (vector){ 0 } + (signed char)c;
}

/* Bit i is set where byte i is true. */
static inline unsigned bits(vector v)
{
	return __builtin_wasm_bitmask_i8x16(v);
}

static inline const vector *align_down(const void *p)
{
	return (const vector *)((uintptr_t)p & -VECTOR);
}

/* Whether 16 bytes from p on may end beyond the page that p is in. */
static inline int near_page_end(const void *p)
{
	return ((uintptr_t)p & 4095) > 4096 - VECTOR;
}
