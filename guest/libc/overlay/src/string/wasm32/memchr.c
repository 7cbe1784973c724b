#include <string.h>
#include "vector.h"

void *memchr(const void *from, int c, size_t n)
{
	const char *s = from, *end = s + n;
	const vector *p = align_down(s);
	unsigned skip = (uintptr_t)s % VECTOR, found;
	vector wanted = all(c);
	if (!n) return 0;
	if (end < s) end = (const char *)UINTPTR_MAX;
	found = bits(*p == wanted) >> skip << skip;
	while (!found) {
		if ((uintptr_t)end - (uintptr_t)p <= VECTOR) return 0;
		found = bits(*++p == wanted);
	}
	s = (const char *)p + __builtin_ctz(found);
	return s < end ? (void *)s : 0;
}
