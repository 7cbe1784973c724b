#include <string.h>
#include "vector.h"

void *__memrchr(const void *from, int c, size_t n)
{
	const char *s = from, *last = s + n - 1;
	const vector *p = align_down(last);
	vector wanted = all(c);
	unsigned found;
	if (!n) return 0;
	found = bits(*p == wanted) & (2u << (uintptr_t)last % VECTOR) - 1;
	while (!found) {
		if ((const char *)p <= s) return 0;
		found = bits(*--p == wanted);
	}
	last = (const char *)p + 31 - __builtin_clz(found);
	return last >= s ? (void *)last : 0;
}

weak_alias(__memrchr, memrchr);
