#include <string.h>
#include "vector.h"

char *__strchrnul(const char *s, int c)
{
	const vector *p = align_down(s);
	unsigned skip = (uintptr_t)s % VECTOR;
	vector wanted = all(c);
	unsigned found = bits(*p == wanted | *p == all(0)) >> skip << skip;
	while (!found) {
		p++;
		found = bits(*p == wanted | *p == all(0));
	}
	return (char *)p + __builtin_ctz(found);
}

weak_alias(__strchrnul, strchrnul);
