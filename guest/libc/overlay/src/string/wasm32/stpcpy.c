#include <string.h>

char *__stpcpy(char *restrict to, const char *restrict from)
{
	size_t n = strlen(from);
	memcpy(to, from, n + 1);
	return to + n;
}

weak_alias(__stpcpy, stpcpy);
