/* There is no name service daemon: /etc/passwd and /etc/group are all there is. */
#include <stdio.h>
#include <string.h>
#include "../nscd.h"

FILE *__nscd_query(int32_t req, const char *key, int32_t *buf, size_t len, int *swap)
{
	*swap = 0;
	memset(buf, 0, len);
	buf[0] = NSCDVERSION;
	return fopen("/dev/null", "re");
}
