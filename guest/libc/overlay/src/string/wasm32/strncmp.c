#include <string.h>
#include "vector.h"

int strncmp(const char *l, const char *r, size_t n)
{
	while (n) {
		if (n < VECTOR || near_page_end(l) || near_page_end(r)) {
			if (*l != *r || !*l) return *(unsigned char *)l - *(unsigned char *)r;
			l++, r++, n--;
			continue;
		}
		vector a = *(const loose *)l, b = *(const loose *)r;
		unsigned stop = bits(a != b | a == all(0));
		if (stop) {
			unsigned i = __builtin_ctz(stop);
			return (unsigned char)l[i] - (unsigned char)r[i];
		}
		l += VECTOR, r += VECTOR, n -= VECTOR;
	}
	return 0;
}
