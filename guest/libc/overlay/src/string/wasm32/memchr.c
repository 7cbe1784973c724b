#include <string.h>
#include "vector.h"

/* Addresses are numbers here: `from + n` may lie beyond the end of memory (strnlen(s, -1), printf's "%s"), where a
 * pointer would be undefined, and the compiler takes it that it does not happen. */
void *memchr(const void *from, int c, size_t n)
{
	uintptr_t s = (uintptr_t)from, end = n > UINTPTR_MAX - s ? UINTPTR_MAX : s + n;
	const vector *p = align_down(from);
	vector wanted = all(c);
	unsigned found;
	if (!n) return 0;
	found = bits(*p == wanted) >> s % VECTOR << s % VECTOR;
	while (!found) {
		if (end - (uintptr_t)p <= VECTOR) return 0;
		found = bits(*++p == wanted);
	}
	s = (uintptr_t)p + __builtin_ctz(found);
	return s < end ? (void *)s : 0;
}
