#include <string.h>
#include "vector.h"

size_t strlen(const char *s)
{
	const vector *p = align_down(s);
	unsigned skip = (uintptr_t)s % VECTOR;
	unsigned found = bits(*p == all(0)) >> skip << skip;
	while (!found) found = bits(*++p == all(0));
	return (const char *)p + __builtin_ctz(found) - s;
}
