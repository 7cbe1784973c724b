/* mmap(2), munmap(2), mprotect(2), msync(2), brk(2). */
#include "t.h"
#include <sys/mman.h>

/* L-MM-001
 * - p[0] = 42
 * + p[0] = 1
 */
/* L-MM-004
 * - mprotect(p + 1, 4096, PROT_READ) = -1 EINVAL
 * + mprotect(p + 1, 4096, PROT_READ) = 0
 */
/* L-MM-004
 * - madvise(p, 4096, 9999) = -1 EINVAL
 * - madvise(p + 1, 4096, MADV_NORMAL) = -1 EINVAL
 * + madvise(p, 4096, 9999) = 0
 * + madvise(p + 1, 4096, MADV_NORMAL) = 0
 */
/* L-MM-004
 * - write to read-only page: killed by SIGSEGV
 * + write to read-only page: exited 1
 */
int main(void)
{
	long page = sysconf(_SC_PAGESIZE);
	char *p, *q, buf[64];
	int fd, i;
	pid_t pid;

	B(page == 4096);
	p = mmap(0, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	B(p != MAP_FAILED);
	B(((uintptr_t)p & 4095) == 0);
	for (i = 0; i < 4 * 4096 && !p[i]; i++)
		;
	T(i);
	memset(p, 1, 4 * 4096);
	T(munmap(p, 4 * 4096));
	T(munmap(p, 0));
	T(munmap(p + 1, 4096));
	B(mmap(0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
	out("%s", ename(errno));
	B(mmap(0, 4096, PROT_READ, MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
	out("%s", ename(errno));
	B(mmap(0, 4096, PROT_READ, MAP_PRIVATE, 99, 0) == MAP_FAILED);
	out("%s", ename(errno));
	/* again, zeroed */
	p = mmap(0, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < 4 * 4096 && !p[i]; i++)
		;
	T(i);
	munmap(p, 4 * 4096);

	/* a file, privately */
	put("f", "file content");
	fd = MUST(open("f", O_RDWR));
	p = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	B(p != MAP_FAILED);
	out("%.12s %d", p, p[12]);
	p[0] = 'F';
	T(pread(fd, buf, 1, 0));
	out("%c", buf[0]);
	T(munmap(p, 4096));
	B(mmap(0, 4096, PROT_READ, MAP_PRIVATE, fd, 100) == MAP_FAILED);
	out("%s", ename(errno));
	int wo = MUST(open("f", O_WRONLY));
	B(mmap(0, 4096, PROT_READ, MAP_PRIVATE, wo, 0) == MAP_FAILED);
	out("%s", ename(errno));
	int ro = MUST(open("f", O_RDONLY));
	B(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ro, 0) == MAP_FAILED);
	out("%s", ename(errno));
	int pp[2];
	pipe(pp);
	B(mmap(0, 4096, PROT_READ, MAP_PRIVATE, pp[0], 0) == MAP_FAILED);
	out("%s", ename(errno));
	int dir = open(".", O_RDONLY);
	B(mmap(0, 4096, PROT_READ, MAP_PRIVATE, dir, 0) == MAP_FAILED);
	out("%s", ename(errno));
	/* an offset */
	MUST(ftruncate(fd, 8192));
	MUST(pwrite(fd, "second page", 11, 4096));
	p = mmap(0, 4096, PROT_READ, MAP_PRIVATE, fd, 4096);
	out("%.11s", p);
	munmap(p, 4096);

	/* shared: written back by msync or munmap */
	p = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	B(p != MAP_FAILED);
	if (p != MAP_FAILED) {
		memcpy(p, "SHARED", 6);
		T(msync(p, 8192, MS_SYNC));
		T(pread(fd, buf, 6, 0));
		out("%.6s", buf);
		memcpy(p + 4096, "MORE", 4);
		T(munmap(p, 8192));
		T(pread(fd, buf, 11, 4096));
		out("%.11s", buf);
	}
	/* shared and anonymous: between parent and child */
	p = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	B(p != MAP_FAILED);
	if (p != MAP_FAILED) {
		p[0] = 1;
		if ((pid = fork()) == 0) {
			p[0] = 42;
			_exit(0);
		}
		reap("child", pid);
		T(p[0]);
	}
	/* private: not */
	q = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	q[0] = 1;
	if ((pid = fork()) == 0) {
		q[0] = 42;
		_exit(q[0]);
	}
	reap("child", pid);
	T(q[0]);
	/* in place of a mapping */
	p = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(p, 7, 8192);
	q = mmap(p + 4096, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	B(q == p + 4096);
	out("%d %d", p[0], p[4096]);
	B(mmap(p + 1, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED);
	out("%s", ename(errno));
	/* growing */
	p = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	strcpy(p, "kept");
	p = mremap(p, 4096, 65536, MREMAP_MAYMOVE);
	B(p != MAP_FAILED);
	out("%s %d", p, p[65535]);
	p = mremap(p, 65536, 4096, 0);
	out("%s", p);
	T((long)mremap(p, 4096, 0, 0));
	T((long)mremap(p + 1, 4096, 4096, 0));
	/* protection */
	p = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	T(mprotect(p, 4096, PROT_READ));
	T(mprotect(p + 1, 4096, PROT_READ));
	T(madvise(p, 4096, MADV_DONTNEED));
	T(madvise(p, 4096, 9999));
	T(madvise(p + 1, 4096, MADV_NORMAL));
	/* a null pointer: SIGSEGV */
	if ((pid = fork()) == 0) {
		T(mprotect(p, 4096, PROT_READ));
		p[0] = 1;
		_exit(1);
	}
	reap("write to read-only page", pid);
	if ((pid = fork()) == 0) {
		volatile char *volatile bad = (char *)0xfffffff0u;
		*bad = 1;
		_exit(1);
	}
	reap("wild pointer", pid);
	if ((pid = fork()) == 0)
		__builtin_trap();
	out("%s", "trap");
	int st;
	waitpid(pid, &st, 0);
	B(WIFSIGNALED(st) && WTERMSIG(st) == SIGILL);
	/* a mapping larger than the machine */
#if __SIZEOF_POINTER__ == 8
	size_t huge = (size_t)1 << 46;
#else
	size_t huge = (size_t)0xfff00000u;
#endif
	B(mmap(0, huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
	out("%s", ename(errno));
	errno = 0;
	void *volatile m = malloc(huge);
	B(m == 0);
	out("%s", ename(errno));
	/* memory survives munmap of neighbours and heavy use */
	unsigned sum = 0;
	for (i = 1; i < 400; i++) {
		size_t n = (size_t)i * 977 % 100000 + 1;
		unsigned char *b = malloc(n);
		memset(b, i, n);
		sum += b[n - 1];
		if (i % 3)
			free(b);
	}
	T(sum);
	return 0;
}
