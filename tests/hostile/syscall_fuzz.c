/* Random calls with hostile arguments, by the bare import: nothing blocks, nothing is checked by a libc.
 *
 * usage: syscall_fuzz SEED COUNT [NUMBER...]: COUNT calls of the given numbers, or of every number below 460 and those of
 * the kernel's own. It ends as it ends: the fuzzer's own memory, descriptors and life are what it plays with.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((import_module("linux"), import_name("syscall"))) long call(long, long, long, long, long, long, long);
__attribute__((import_module("linux"), import_name("block"))) void block(void);

static uint64_t state;
static unsigned rnd(void)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return state >> 33;
}

static char area[1 << 18] __attribute__((aligned(16)));

static unsigned edge(void)
{
	static const unsigned edges[] = {0, 1, 2, 3, 7, 8, 16, 64, 255, 256, 4095, 4096, 65535, 65536, 0x7fff, 0x10000,
		0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0xfffff000, 0xffffff9c, 0x40000000, 0xfffffff0, 1048576, 1u << 30};
	return edges[rnd() % (sizeof edges / sizeof *edges)] + (rnd() % 8 ? 0 : rnd() % 16 - 8);
}

static long argument(void)
{
	switch (rnd() % 12) {
	case 0: case 1: return (long)(area + rnd() % sizeof area);
	case 2: return (long)(area + sizeof area - rnd() % 64);
	case 3: return (long)((uintptr_t)__builtin_wasm_memory_size(0) * 65536 - rnd() % 64);
	case 4: return rnd() % 12;
	case 5: return -(long)(rnd() % 200);
	case 6: return edge();
	case 7: return rnd() | rnd() << 16;
	case 8: return -100;
	case 9: return 1l << rnd() % 32;
	case 10: return rnd() % 5000;
	default: return edge() & 0xffff;
	}
}

/* What hostile structures are made of: path names, small numbers, pointers into the area, all ones. */
static void scribble(void)
{
	static const char *paths[] = {"/", ".", "..", "/tmp/a", "/proc/self/fd/1", "/proc/self/exe", "/dev/null", "/bin/sh", "x",
		"/tmp/../../..", "/proc/self/cwd/..", "/dev/ptmx", "/dev/tty", "", "/proc/1/root", "/dev/fd/0", "a/b", "/tmp/f"};
	unsigned at = rnd() % (sizeof area - 4096), i, n = rnd() % 64;
	const char *p;
	switch (rnd() % 5) {
	case 0: p = paths[rnd() % (sizeof paths / sizeof *paths)]; strcpy(area + at, p); break;
	case 1: for (i = 0; i < n; i++) ((unsigned *)(area + (at & ~3u)))[i] = edge(); break;
	case 2: for (i = 0; i < n; i++) ((unsigned *)(area + (at & ~3u)))[i] = (unsigned)(uintptr_t)(area + rnd() % sizeof area); break;
	case 3: memset(area + at, rnd() % 3 ? 0 : 0xff, n * 16); break;
	default: for (i = 0; i < n; i++) ((unsigned *)(area + (at & ~3u)))[i] = rnd() % 20; break;
	}
}

int main(int argc, char **argv)
{
	long count, a[6];
	int i, only = argc - 3;
	state = strtoul(argv[1], 0, 10) * 2654435761u + 1;
	for (count = strtol(argv[2], 0, 10); count--;) {
		long n = only > 0 ? strtol(argv[3 + rnd() % only], 0, 10) : rnd() % 30 ? rnd() % 460 : 998 + rnd() % 8;
		/* leaving, and being killed, are calls too, but rare ones: else nothing else would be tried */
		if ((n == 93 || n == 94 || (n >= 129 && n <= 131) || n == 1001 || n == 221 || n == 281) && only <= 0 && rnd() % 40)
			continue;
		for (i = 0; i < 6; i++)
			a[i] = argument();
		if (rnd() % 3 == 0)
			scribble();
		long r = call(n, a[0], a[1], a[2], a[3], a[4], a[5]);
		if (r == -512 && rnd() % 16 == 0)
			call(n, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
	return 0;
}
