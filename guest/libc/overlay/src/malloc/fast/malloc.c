/* The allocator: segregated free lists over memory taken from the kernel in chunks. One thread.
 *
 * A block is eight bytes of header and the caller's memory, 16-byte aligned. The header says the block's size class and
 * whether it is in use, in a form that depends on its address, so that a double free, a free of a wild pointer or a
 * header that was overwritten from the block before is found, and ends the process there.
 *
 * Blocks of one class are never split or joined; a free list is last in, first out. Above SMALL_MAX a block is a mapping
 * of its own. Signal handlers run inside system calls only: the allocator's state is consistent at each of its own.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "syscall.h"

#define likely(x) __builtin_expect(!!(x), 1)

#define CHUNK_FIRST 65536u
#define CHUNK_MAX (1u << 20)
#define HEADER 8
#define SMALL_MAX (131072u - HEADER)
#define CLASSES 93
#define LARGE 0x40000000u    /* class of a block that is a mapping of its own */
#define ALIGNED 0x80000000u  /* flag of a pointer into a block, with its offset there */

#define IN_USE 0x5ca1ab1eu
#define IS_FREE 0x0ddba11u

struct header {
	uint32_t class;
	uint32_t state;  /* IN_USE or IS_FREE, combined with class and address */
};

struct block {
	struct block *next;
};

struct mapping {
	size_t size;
	uint32_t unused[3];
};

_Static_assert(sizeof(struct header) == HEADER, "header");

static struct block *bins[CLASSES];
static char *cursor, *limit;  /* what is left of the newest chunk: cursor is 8 below a multiple of 16 */

hidden void *__mmap(void *, size_t, int, int, int, off_t);
hidden int __munmap(void *, size_t);
hidden void *__mremap(void *, size_t, size_t, int, ...);

static inline struct header *header_of(void *p)
{
	return (struct header *)p - 1;
}

static inline uint32_t state_of(const void *p, uint32_t class, uint32_t kind)
{
	return kind ^ class ^ (uint32_t)(uintptr_t)p;
}

static inline void mark(void *p, uint32_t class, uint32_t kind)
{
	struct header *h = header_of(p);
	h->class = class;
	h->state = state_of(p, class, kind);
}

static inline void check(void *p, uint32_t kind)
{
	struct header *h = header_of(p);
	if (!likely(h->state == state_of(p, h->class, kind))) __builtin_trap();
}

/* Multiples of 16 up to 1024, then four classes to each doubling; the size includes the header. */
static inline unsigned class_for(size_t n)
{
	unsigned total = n + HEADER;
	if (likely(total <= 1024)) return total < 32 ? 2 : (total + 15) >> 4;
	unsigned log = 31 - __builtin_clz(total - 1);
	return 65 + (log - 10) * 4 + (total - 1 >> log - 2 & 3);
}

static inline size_t size_of_class(unsigned class)
{
	if (class <= 64) return class << 4;
	class -= 65;
	return (size_t)(5 + (class & 3)) << class / 4 + 8;
}

static void put_in_bin(void *p, unsigned class)
{
	struct block *b = p;
	mark(p, class, IS_FREE);
	b->next = bins[class];
	bins[class] = b;
}

static void *map(size_t size)
{
	void *p = __mmap(0, size, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) {
		errno = ENOMEM;
		return 0;
	}
	return p;
}

static __attribute__((__noinline__)) void *allocate_large(size_t n)
{
	if (n > PTRDIFF_MAX - 65536) {
		errno = ENOMEM;
		return 0;
	}
	struct mapping *m = map(n + 16);
	if (!m) return 0;
	m->size = n + 16;
	mark((char *)m + 16, LARGE, IN_USE);
	return (char *)m + 16;
}

static struct mapping *mapping_of(void *p)
{
	return (struct mapping *)((char *)p - 16);
}

/* Cuts what is left of a chunk into free blocks of the largest classes that fit. */
static void save_rest(void)
{
	while (limit - cursor >= 32) {
		size_t left = limit - cursor;
		unsigned class = left >= 1024 ? 64 : left >> 4;
		char *p = cursor + HEADER;
		cursor += size_of_class(class);
		put_in_bin(p, class);
	}
}

static __attribute__((__noinline__)) void *take_from_chunk(unsigned class)
{
	static size_t chunk = CHUNK_FIRST;
	size_t size = size_of_class(class);
	if ((size_t)(limit - cursor) < size) {
		size_t want = chunk < size + 16 ? size + CHUNK_FIRST : chunk;
		char *fresh = map(want);  /* a signal handler may allocate here */
		if (!fresh) return 0;
		save_rest();
		if (chunk < CHUNK_MAX) chunk *= 2;
		cursor = fresh + HEADER;
		limit = fresh + want - HEADER;
	}
	char *p = cursor + HEADER;
	cursor += size;
	mark(p, class, IN_USE);
	return p;
}

void *malloc(size_t n)
{
	if (!likely(n <= SMALL_MAX)) return allocate_large(n);
	unsigned class = class_for(n);
	struct block *b = bins[class];
	if (!likely(b != 0)) return take_from_chunk(class);
	check(b, IS_FREE);
	bins[class] = b->next;
	mark(b, class, IN_USE);
	return b;
}

static __attribute__((__noinline__)) void free_unusual(void *p, uint32_t class)
{
	if (class & ALIGNED) {
		header_of(p)->state = 0;
		free((char *)p - (class & ~ALIGNED));
		return;
	}
	if (class != LARGE) __builtin_trap();
	int saved = errno;
	__munmap(mapping_of(p), mapping_of(p)->size);
	errno = saved;
}

void free(void *p)
{
	if (!p) return;
	check(p, IN_USE);
	uint32_t class = header_of(p)->class;
	if (!likely(class < CLASSES)) {
		free_unusual(p, class);
		return;
	}
	put_in_bin(p, class);
}

size_t malloc_usable_size(void *p)
{
	if (!p) return 0;
	uint32_t class = header_of(p)->class;
	if (likely(class < CLASSES)) return size_of_class(class) - HEADER;
	if (class & ALIGNED) {
		size_t offset = class & ~ALIGNED;
		return malloc_usable_size((char *)p - offset) - offset;
	}
	return mapping_of(p)->size - 16;
}

void *calloc(size_t m, size_t n)
{
	size_t size;
	if (__builtin_mul_overflow(m, n, &size)) {
		errno = ENOMEM;
		return 0;
	}
	void *p = malloc(size);
	if (p && header_of(p)->class != LARGE) memset(p, 0, size);
	return p;
}

void *realloc(void *p, size_t n)
{
	if (!p) return malloc(n);
	check(p, IN_USE);
	uint32_t class = header_of(p)->class;
	if (class == LARGE && n > SMALL_MAX) {
		if (n > PTRDIFF_MAX - 65536) {
			errno = ENOMEM;
			return 0;
		}
		struct mapping *m = __mremap(mapping_of(p), mapping_of(p)->size, n + 16, MREMAP_MAYMOVE);
		if (m != MAP_FAILED) {
			m->size = n + 16;
			mark((char *)m + 16, LARGE, IN_USE);
			return (char *)m + 16;
		}
	}
	size_t have = malloc_usable_size(p);
	/* a shrunk block stays where it is unless most of it would be idle */
	if (n <= have && (class < CLASSES ? n >= have / 4 || have <= 256 : class != LARGE)) return p;
	void *q = malloc(n);
	if (!q) return 0;
	memcpy(q, p, have < n ? have : n);
	free(p);
	return q;
}

void *aligned_alloc(size_t align, size_t n)
{
	if (align & align - 1 || !align) {
		errno = EINVAL;
		return 0;
	}
	if (align <= 16) return malloc(n);
	if (n > PTRDIFF_MAX - 65536 || align > PTRDIFF_MAX / 4) {
		errno = ENOMEM;
		return 0;
	}
	char *p = malloc(n + align + 16);
	if (!p) return 0;
	char *q = (char *)((uintptr_t)p + align - 1 & -align);
	if (q != p) mark(q, ALIGNED | (uint32_t)(q - p), IN_USE);
	return q;
}

void *memalign(size_t align, size_t n)
{
	return aligned_alloc(align, n);
}

int posix_memalign(void **result, size_t align, size_t n)
{
	if (align < sizeof(void *)) return EINVAL;
	int saved = errno;
	void *p = aligned_alloc(align, n);
	int error = errno;
	errno = saved;
	if (!p) return error;
	*result = p;
	return 0;
}

/* The names that libc's own code calls. */
hidden void *__libc_malloc(size_t n) { return malloc(n); }
hidden void *__libc_calloc(size_t m, size_t n) { return calloc(m, n); }
hidden void *__libc_realloc(void *p, size_t n) { return realloc(p, n); }
hidden void __libc_free(void *p) { free(p); }
