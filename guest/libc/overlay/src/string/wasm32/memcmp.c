#include <string.h>
#include "vector.h"

static inline int order64(const unsigned char *l, const unsigned char *r)
{
	uint64_t a = __builtin_bswap64(*(const loose64 *)l), b = __builtin_bswap64(*(const loose64 *)r);
	return (a > b) - (a < b);
}

static inline int order32(const unsigned char *l, const unsigned char *r)
{
	uint32_t a = __builtin_bswap32(*(const loose32 *)l), b = __builtin_bswap32(*(const loose32 *)r);
	return (a > b) - (a < b);
}

int memcmp(const void *vl, const void *vr, size_t n)
{
	const unsigned char *l = vl, *r = vr;
	if (n >= VECTOR) {
		size_t i = 0;
		for (;;) {
			unsigned differ = bits(*(const loose *)(l + i) != *(const loose *)(r + i));
			if (differ) {
				i += __builtin_ctz(differ);
				return l[i] - r[i];
			}
			if (i == n - VECTOR) return 0;
			i += VECTOR;
			if (i > n - VECTOR) i = n - VECTOR;
		}
	}
	if (n >= 8) {
		int first = order64(l, r);
		return first ? first : order64(l + n - 8, r + n - 8);
	}
	if (n >= 4) {
		int first = order32(l, r);
		return first ? first : order32(l + n - 4, r + n - 4);
	}
	for (; n && *l == *r; n--, l++, r++);
	return n ? *l - *r : 0;
}
