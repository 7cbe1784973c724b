/* pipe(2), pipe(7): end of file, EPIPE, O_NONBLOCK, atomic writes, capacity. */
#include "t.h"
#include <poll.h>

static volatile int got;
static void on(int s) { got = s; }

int main(void)
{
	char buf[70000];
	int p[2], n, i;

	T(pipe(p));
	out("%d %d", p[0], p[1]);
	T(write(p[0], "x", 1));
	T(read(p[1], buf, 1));
	T(write(p[1], "hello", 5));
	T(ioctl(p[0], FIONREAD, &n));
	T(n);
	T(read(p[0], buf, 2));
	T(read(p[0], buf, 100));
	close(p[1]);
	T(read(p[0], buf, 100));
	T(read(p[0], buf, 100));
	close(p[0]);

	T(pipe2(p, O_NONBLOCK | O_CLOEXEC));
	T(fcntl(p[0], F_GETFD));
	T(fcntl(p[1], F_GETFL));
	T(fcntl(p[0], F_GETFL));
	T(read(p[0], buf, 1));
	T(fcntl(p[1], F_GETPIPE_SZ));
	memset(buf, 'a', sizeof buf);
	T(write(p[1], buf, sizeof buf));
	T(write(p[1], buf, 1));
	T(write(p[1], buf, 5000));
	T(read(p[0], buf, 4096));
	T(write(p[1], buf, 4097));
	T(write(p[1], buf, 4096));
	T(read(p[0], buf, sizeof buf));
	T(read(p[0], buf, sizeof buf));
	T(fcntl(p[1], F_SETPIPE_SZ, 4096));
	T(fcntl(p[1], F_GETPIPE_SZ));
	T(write(p[1], buf, 10000));
	T(write(p[1], buf, 1));
	T(read(p[0], buf, sizeof buf));
	T(fcntl(p[1], F_SETPIPE_SZ, 5000));
	T(fcntl(p[1], F_SETPIPE_SZ, 0));
	T(fcntl(p[1], F_SETPIPE_SZ, 1 << 20));
	T(write(p[1], buf, sizeof buf));
	T(fcntl(p[1], F_SETPIPE_SZ, 4096));
	T(fcntl(2, F_GETPIPE_SZ) == -1 || 1);
	close(p[0]);
	signal(SIGPIPE, SIG_IGN);
	T(write(p[1], "x", 1));
	T(write(p[1], "", 0));
	signal(SIGPIPE, on);
	T(write(p[1], "x", 1));
	out("caught %s", sname(got));
	close(p[1]);
	signal(SIGPIPE, SIG_DFL);
	pid_t pid = fork();
	if (pid == 0) {
		MUST(pipe(p));
		close(p[0]);
		write(p[1], "x", 1);
		_exit(1);
	}
	reap("writer without reader", pid);

	/* a blocked writer goes on as the reader makes room */
	MUST(pipe(p));
	pid = fork();
	if (pid == 0) {
		close(p[0]);
		n = write(p[1], buf, sizeof buf);
		_exit(n == sizeof buf ? 0 : 1);
	}
	close(p[1]);
	for (i = 0; (n = read(p[0], buf, 1000)) > 0; i += n)
		;
	out("read %d in all", i);
	reap("blocked writer", pid);
	close(p[0]);

	/* writes up to PIPE_BUF are atomic */
	MUST(pipe(p));
	pid_t w[3];
	for (i = 0; i < 3; i++)
		if ((w[i] = fork()) == 0) {
			char block[1000];
			memset(block, 'A' + i, sizeof block);
			for (n = 0; n < 100; n++)
				write(p[1], block, sizeof block);
			_exit(0);
		}
	close(p[1]);
	FILE *in = fdopen(p[0], "r");
	int torn = 0, total = 0;
	while (fread(buf, 1, 1000, in) == 1000) {
		for (i = 1; i < 1000; i++)
			torn += buf[i] != buf[0];
		total++;
	}
	out("%d blocks, %d torn", total, torn);
	for (i = 0; i < 3; i++)
		reap("writer", w[i]);
	fclose(in);

	/* poll tells hang-up and error */
	MUST(pipe(p));
	struct pollfd f[2] = {{p[0], POLLIN, 0}, {p[1], POLLOUT, 0}};
	T(poll(f, 2, 0));
	out("%#x %#x", f[0].revents, f[1].revents);
	write(p[1], "z", 1);
	T(poll(f, 2, 0));
	out("%#x %#x", f[0].revents, f[1].revents);
	close(p[1]);
	T(poll(f, 1, 0));
	out("%#x", f[0].revents);
	read(p[0], buf, 1);
	T(poll(f, 1, 0));
	out("%#x", f[0].revents);
	close(p[0]);
	MUST(pipe(p));
	close(p[0]);
	f[1].fd = p[1];
	T(poll(f + 1, 1, 0));
	out("%#x", f[1].revents);
	close(p[1]);
	T(pipe2(p, 0x40000000));
	T(pipe(BAD));

	/* a reader blocked by an empty pipe is interrupted by a signal */
	struct sigaction sa = {.sa_handler = on};
	sigaction(SIGALRM, &sa, 0);
	MUST(pipe(p));
	alarm(1);
	T(read(p[0], buf, 1));
	out("caught %s", sname(got));
	struct stat st;
	T(fstat(p[0], &st));
	B(S_ISFIFO(st.st_mode));
	T(lseek(p[0], 0, SEEK_SET));
	T(ftruncate(p[1], 0));
	T(fsync(p[1]));
	return 0;
}
