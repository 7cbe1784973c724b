/* Runs natively: compares strtod_fast.c with this machine's strtod on random strings, bit by bit and end by end.
 * usage: strtod_native COUNT SEED */
#include <stdio.h>
#include <string.h>
#include <stdint.h>
#include <stdlib.h>

static long slow_calls;

static double counted_strtod(const char *restrict s, char **restrict end)
{
	slow_calls++;
	return strtod(s, end);
}

#define SLOW_STRTOD counted_strtod
#define FAST_STRTOD fast_strtod
#include "../overlay/src/stdlib/wasm32/strtod_fast.c"

static uint64_t state;

static unsigned rnd(unsigned n)
{
	state ^= state << 13, state ^= state >> 7, state ^= state << 17;
	return state % n;
}

static void random_number(char *s)
{
	static const char *const odd[] = { "", "e", "e+", "x", ".", "..1", "e5.", "inf", "nan", "0x1p3", "-", "+", " ", "1e" };
	if (rnd(16) == 0) *s++ = " \t\n"[rnd(3)];
	if (rnd(4) == 0) *s++ = "+-"[rnd(2)];
	unsigned whole = rnd(12), fraction = rnd(3) ? rnd(12) : 0;
	while (whole--) *s++ = '0' + (rnd(3) ? rnd(10) : 0);
	if (rnd(2)) *s++ = '.';
	while (fraction--) *s++ = '0' + rnd(10);
	if (rnd(3) == 0) s += sprintf(s, "%c%d", "eE"[rnd(2)], (int)rnd(60) - 30);
	if (rnd(8) == 0) s += sprintf(s, "%s", odd[rnd(sizeof odd / sizeof *odd)]);
	*s = 0;
}

int main(int argc, char **argv)
{
	long count = atol(argv[1]), different = 0;
	state = strtoull(argv[2], 0, 10) * 2654435769u + 1;
	for (long i = 0; i < count; i++) {
		char text[128], *fast_end, *end;
		random_number(text);
		double fast = fast_strtod(text, &fast_end), right = strtod(text, &end);
		if (memcmp(&fast, &right, sizeof fast) || fast_end != end) {
			printf("%s: %a to %td, not %a to %td\n", text, fast, fast_end - text, right, end - text);
			different++;
		}
	}
	printf("%ld strings, %ld different, %ld by the fast path\n", count, different, count - slow_calls);
	return different != 0;
}
