#include <string.h>
#include "vector.h"

int strcmp(const char *l, const char *r)
{
	for (;;) {
		if (near_page_end(l) || near_page_end(r)) {
			if (*l != *r || !*l) break;
			l++, r++;
			continue;
		}
		vector a = *(const loose *)l, b = *(const loose *)r;
		unsigned stop = bits(a != b | a == all(0));
		if (stop) {
			l += __builtin_ctz(stop);
			r += __builtin_ctz(stop);
			break;
		}
		l += VECTOR, r += VECTOR;
	}
	return *(unsigned char *)l - *(unsigned char *)r;
}
