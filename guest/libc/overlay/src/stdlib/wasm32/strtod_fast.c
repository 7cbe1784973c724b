/* strtod where it is exact in double arithmetic; everything else is musl's scanner, which works in 128-bit software
 * floating point. Clinger, "How to read floating point numbers accurately" (PLDI 1990): a significand of at most
 * 53 bits and a power of ten up to 22 are both exact, and one operation on them rounds once.
 * tests/strtod_native.c compares it with another libc's, bit by bit. */
#include <stdlib.h>
#include <stdint.h>

#ifndef SLOW_STRTOD
#define SLOW_STRTOD __slow_strtod
double __slow_strtod(const char *restrict, char **restrict);
#endif
#ifndef FAST_STRTOD
#define FAST_STRTOD strtod
#endif

#define EXACT_POWER 22
#define DIGITS_MAX 18  /* fit 64 bits whatever they are */

static const double power_of_ten[EXACT_POWER + 1] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

static inline int is_digit(char c)
{
	return (unsigned)c - '0' < 10;
}

double FAST_STRTOD(const char *restrict s, char **restrict end)
{
	const char *p = s;
	uint64_t significand = 0;
	int digits = 0, seen = 0, exponent = 0, negative = 0;
	while (*p == ' ' || (unsigned)*p - '\t' < 5) p++;
	if (*p == '-' || *p == '+') negative = *p++ == '-';
	if (p[0] == '0' && (p[1] | 32) == 'x') return SLOW_STRTOD(s, end);
	for (int fraction = 0; ; p++) {
		if (*p == '.' && !fraction) {
			fraction = 1;
			continue;
		}
		if (!is_digit(*p)) break;
		seen = 1;
		digits += digits || *p != '0';
		if (digits > DIGITS_MAX) return SLOW_STRTOD(s, end);
		significand = significand * 10 + (*p - '0');
		exponent -= fraction;
	}
	if (!seen) return SLOW_STRTOD(s, end);
	if ((*p | 32) == 'e') {
		const char *q = p + 1;
		int below = *q == '-', value = 0;
		if (*q == '-' || *q == '+') q++;
		if (is_digit(*q)) {
			for (; is_digit(*q); q++) {
				if (value > 9999) return SLOW_STRTOD(s, end);
				value = value * 10 + (*q - '0');
			}
			exponent += below ? -value : value;
			p = q;
		}
	}
	if (significand >> 53 || exponent < -EXACT_POWER || exponent > EXACT_POWER) {
		if (significand) return SLOW_STRTOD(s, end);
		exponent = 0;
	}
	double result = significand;
	if (exponent < 0) result /= power_of_ten[-exponent];
	else result *= power_of_ten[exponent];
	if (end) *end = (char *)p;
	return negative ? -result : result;
}
