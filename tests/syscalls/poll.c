/* poll(2), select(2), ppoll(2), pselect(2). */
#include "t.h"
#include <poll.h>
#include <sys/select.h>
#include <sys/socket.h>

static volatile int caught;
static void on(int s) { caught = s; }
static long long ms(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000LL + t.tv_nsec / 1000000; }

int main(void)
{
	int p[2], q[2], fd;
	char c;
	pid_t pid;
	pipe(p), pipe(q);
	struct pollfd f[4] = {{p[0], POLLIN, 0}, {q[0], POLLIN, 0}, {-1, POLLIN, 99}, {77, POLLIN, 0}};
	T(poll(f, 4, 0));
	out("%#x %#x %#x %#x", f[0].revents, f[1].revents, f[2].revents, f[3].revents);
	long long t0 = ms();
	T(poll(f, 2, 100));
	B(ms() - t0 >= 99 && ms() - t0 < 1000);
	T(poll(0, 0, 10));
	T(poll(BAD, 1, 0));
	write(q[1], "x", 1);
	T(poll(f, 2, -1));
	out("%#x %#x", f[0].revents, f[1].revents);
	read(q[0], &c, 1);
	if ((pid = fork()) == 0) {
		nap(50);
		write(p[1], "y", 1);
		_exit(0);
	}
	T(poll(f, 2, -1));
	out("%#x %#x", f[0].revents, f[1].revents);
	reap("child", pid);
	read(p[0], &c, 1);
	/* regular files and directories are always ready */
	put("f", "");
	fd = open("f", O_RDWR);
	struct pollfd g[2] = {{fd, POLLIN | POLLOUT, 0}, {open(".", O_RDONLY), POLLIN | POLLOUT, 0}};
	T(poll(g, 2, 0));
	out("%#x %#x", g[0].revents, g[1].revents);
	g[0].fd = open("/dev/null", O_RDWR);
	T(poll(g, 1, 0));
	out("%#x", g[0].revents);
	/* the same descriptor twice, nothing asked */
	struct pollfd twice[3] = {{p[0], POLLIN, 0}, {p[0], POLLIN, 0}, {p[0], 0, 0}};
	write(p[1], "z", 1);
	T(poll(twice, 3, 0));
	out("%#x %#x %#x", twice[0].revents, twice[1].revents, twice[2].revents);
	read(p[0], &c, 1);
	/* a signal */
	struct sigaction sa = {.sa_handler = on, .sa_flags = SA_RESTART};
	sigaction(SIGALRM, &sa, 0);
	alarm(1);
	T(poll(f, 1, -1));
	out("%s", sname(caught));
	/* ppoll opens the mask while it waits */
	sigset_t block, none;
	sigemptyset(&none), sigemptyset(&block), sigaddset(&block, SIGUSR1);
	sigprocmask(SIG_BLOCK, &block, 0);
	sigaction(SIGUSR1, &sa, 0);
	raise(SIGUSR1);
	caught = 0;
	struct timespec ts = {5, 0}, bad = {0, 1000000000};
	T(ppoll(f, 1, &ts, &none));
	out("%s", sname(caught));
	T(ppoll(f, 1, &bad, 0));
	raise(SIGUSR1);
	write(p[1], "r", 1);
	caught = 0;
	T(ppoll(f, 1, &ts, &none));
	out("%s", sname(caught));
	sigprocmask(SIG_UNBLOCK, &block, 0);
	out("%s", sname(caught));
	read(p[0], &c, 1);

	fd_set r, w, e;
	struct timeval tv = {0, 20000};
	FD_ZERO(&r); FD_ZERO(&w); FD_ZERO(&e);
	FD_SET(p[0], &r), FD_SET(q[0], &r), FD_SET(p[1], &w);
	T(select(10, &r, &w, &e, 0));
	out("%d %d %d", !!FD_ISSET(p[0], &r), !!FD_ISSET(q[0], &r), !!FD_ISSET(p[1], &w));
	FD_SET(p[0], &r);
	T(select(10, &r, 0, 0, &tv));
	T(FD_ISSET(p[0], &r));
	write(p[1], "s", 1);
	FD_SET(p[0], &r), FD_SET(q[0], &r);
	tv.tv_sec = 5;
	T(select(p[0] + 1, &r, 0, 0, &tv));
	T(FD_ISSET(p[0], &r) != 0);
	FD_ZERO(&r); FD_SET(77, &r);
	T(select(78, &r, 0, 0, &tv));
	T(select(-1, 0, 0, 0, &tv));
	tv.tv_sec = -1;
	T(select(0, 0, 0, 0, &tv));
	tv.tv_sec = 0, tv.tv_usec = 1000;
	T(select(0, 0, 0, 0, &tv));
	read(p[0], &c, 1);
	/* closed other side */
	close(p[1]);
	FD_ZERO(&r); FD_SET(p[0], &r);
	tv.tv_sec = 1;
	T(select(10, &r, 0, 0, &tv));
	close(q[0]);
	FD_ZERO(&w); FD_SET(q[1], &w);
	T(select(10, 0, &w, 0, &tv));
	/* full pipe */
	pipe(p);
	fcntl(p[1], F_SETFL, O_NONBLOCK);
	char lot[4096];
	while (write(p[1], lot, sizeof lot) > 0)
		;
	struct pollfd full = {p[1], POLLOUT, 0};
	T(poll(&full, 1, 0));
	read(p[0], lot, 1);
	T(poll(&full, 1, 0));
	read(p[0], lot, 4095);
	T(poll(&full, 1, 0));
	/* sockets */
	int s[2];
	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	struct pollfd sp = {s[0], POLLIN | POLLOUT | POLLRDHUP, 0};
	T(poll(&sp, 1, 0));
	out("%#x", sp.revents);
	shutdown(s[1], SHUT_WR);
	T(poll(&sp, 1, 0));
	out("%#x", sp.revents);
	close(s[1]);
	T(poll(&sp, 1, 0));
	out("%#x", sp.revents);
	return 0;
}
