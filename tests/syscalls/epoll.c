/* epoll(7), eventfd(2), timerfd_create(2), signalfd(2). */
#include "t.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

static int ready(int ep, int timeout)
{
	struct epoll_event e[8];
	int n = epoll_wait(ep, e, 8, timeout), i, j;
	if (n < 0) {
		out("epoll_wait: %s", ename(errno));
		return n;
	}
	for (i = 0; i < n; i++)
		for (j = i + 1; j < n; j++)
			if (e[j].data.u32 < e[i].data.u32) {
				struct epoll_event x = e[i];
				e[i] = e[j], e[j] = x;
			}
	char text[200] = "";
	for (i = 0; i < n; i++)
		sprintf(text + strlen(text), " %u:%#x", e[i].data.u32, e[i].events);
	out("ready%s", n ? text : " none");
	return n;
}

int main(void)
{
	int p[2], q[2], ep, n;
	char c;
	uint64_t v;
	pipe(p), pipe(q);
	ep = T(epoll_create1(EPOLL_CLOEXEC)) ;
	T(fcntl(ep, F_GETFD));
	T(epoll_create1(1));
	struct epoll_event e = {.events = EPOLLIN, .data.u32 = 1};
	T(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e));
	T(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e));
	T(epoll_ctl(ep, EPOLL_CTL_MOD, q[0], &e));
	T(epoll_ctl(ep, EPOLL_CTL_DEL, q[0], &e));
	T(epoll_ctl(ep, EPOLL_CTL_ADD, 77, &e));
	T(epoll_ctl(99, EPOLL_CTL_ADD, p[0], &e));
	T(epoll_ctl(p[0], EPOLL_CTL_ADD, q[0], &e));
	T(epoll_ctl(ep, EPOLL_CTL_ADD, ep, &e));
	T(epoll_ctl(ep, 9, p[0], &e));
	put("f", "");
	int f = open("f", O_RDWR);
	T(epoll_ctl(ep, EPOLL_CTL_ADD, f, &e));
	T(epoll_wait(ep, &e, 0, 0));
	T(epoll_wait(p[0], &e, 1, 0));
	ready(ep, 0);
	ready(ep, 20);
	write(p[1], "ab", 2);
	ready(ep, -1);
	ready(ep, -1);
	e.events = EPOLLIN | EPOLLET, e.data.u32 = 2;
	T(epoll_ctl(ep, EPOLL_CTL_ADD, q[0], &e));
	write(q[1], "x", 1);
	ready(ep, 0);
	ready(ep, 0);
	write(q[1], "y", 1);
	ready(ep, 0);
	read(p[0], &c, 1);
	ready(ep, 0);
	read(p[0], &c, 1);
	ready(ep, 0);
	e.events = EPOLLIN | EPOLLONESHOT, e.data.u32 = 3;
	T(epoll_ctl(ep, EPOLL_CTL_MOD, q[0], &e));
	ready(ep, 0);
	ready(ep, 0);
	T(epoll_ctl(ep, EPOLL_CTL_MOD, q[0], &e));
	ready(ep, 0);
	e.events = EPOLLOUT, e.data.u32 = 4;
	T(epoll_ctl(ep, EPOLL_CTL_ADD, p[1], &e));
	ready(ep, 0);
	close(p[0]);
	ready(ep, 0);
	close(p[1]);
	ready(ep, 0);
	T(epoll_ctl(ep, EPOLL_CTL_DEL, q[0], 0));
	ready(ep, 0);
	/* a closed descriptor whose description lives on stays watched */
	e.events = EPOLLIN, e.data.u32 = 5;
	T(epoll_ctl(ep, EPOLL_CTL_ADD, q[0], &e));
	int copy = dup(q[0]);
	close(q[0]);
	ready(ep, 0);
	close(copy);
	ready(ep, 0);
	/* nested, and polled itself */
	int outer = epoll_create1(0);
	e.data.u32 = 6;
	T(epoll_ctl(outer, EPOLL_CTL_ADD, ep, &e));
	T(epoll_ctl(ep, EPOLL_CTL_ADD, outer, &e));
	ready(outer, 0);

	/* eventfd */
	int ev = T(eventfd(3, EFD_NONBLOCK));
	e.data.u32 = 7;
	T(epoll_ctl(ep, EPOLL_CTL_ADD, ev, &e));
	ready(outer, 0);
	ready(ep, 0);
	struct pollfd pf = {ep, POLLIN, 0};
	T(poll(&pf, 1, 0));
	T(read(ev, &v, 8));
	T(v);
	T(read(ev, &v, 8));
	T(read(ev, &v, 4));
	v = 5;
	T(write(ev, &v, 8));
	T(write(ev, &v, 8));
	T(write(ev, &v, 4));
	T(read(ev, &v, 8));
	T(v);
	v = UINT64_MAX;
	T(write(ev, &v, 8));
	v = UINT64_MAX - 1;
	T(write(ev, &v, 8));
	v = 1;
	T(write(ev, &v, 8));
	pf.fd = ev, pf.events = POLLIN | POLLOUT;
	T(poll(&pf, 1, 0));
	out("%#x", pf.revents);
	int sem = T(eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK));
	T(read(sem, &v, 8));
	T(v);
	T(read(sem, &v, 8));
	T(read(sem, &v, 8));
	T(eventfd(0, 0x1234));
	pid_t pid;
	int be = eventfd(0, 0);
	if ((pid = fork()) == 0) {
		nap(30);
		v = 9;
		write(be, &v, 8);
		_exit(0);
	}
	T(read(be, &v, 8));
	T(v);
	reap("child", pid);

	/* timerfd */
	int tf = T(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
	struct itimerspec it = {{0, 0}, {0, 30000000}}, old;
	T(read(tf, &v, 8));
	T(timerfd_settime(tf, 0, &it, &old));
	T(old.it_value.tv_nsec);
	T(timerfd_gettime(tf, &old));
	B(old.it_value.tv_nsec > 0 && old.it_value.tv_nsec <= 30000000);
	T(read(tf, &v, 8));
	pf.fd = tf, pf.events = POLLIN;
	T(poll(&pf, 1, 5000));
	T(read(tf, &v, 8));
	T(v);
	T(read(tf, &v, 8));
	it.it_interval.tv_nsec = 10000000;
	T(timerfd_settime(tf, 0, &it, 0));
	nap(100);
	T(read(tf, &v, 8));
	B(v >= 6 && v < 100);
	memset(&it, 0, sizeof it);
	T(timerfd_settime(tf, 0, &it, 0));
	nap(20);
	T(read(tf, &v, 8));
	it.it_value.tv_sec = 1;
	T(timerfd_settime(tf, TFD_TIMER_ABSTIME, &it, 0));
	T(read(tf, &v, 8));
	it.it_value.tv_nsec = 2000000000;
	T(timerfd_settime(tf, 0, &it, 0));
	T(timerfd_create(99, 0));
	T(timerfd_create(CLOCK_REALTIME, 0x5555));
	T(timerfd_settime(ev, 0, &it, 0));

	/* signalfd */
	sigset_t set;
	sigemptyset(&set), sigaddset(&set, SIGUSR1), sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, 0);
	int sf = T(signalfd(-1, &set, SFD_NONBLOCK));
	struct signalfd_siginfo si;
	T(read(sf, &si, sizeof si));
	kill(getpid(), SIGUSR1);
	pf.fd = sf;
	T(poll(&pf, 1, 0));
	T(read(sf, &si, sizeof si));
	out("%s", sname(si.ssi_signo));
	B(si.ssi_pid == (unsigned)getpid());
	T(read(sf, &si, sizeof si));
	T(read(sf, &si, 10));
	if ((pid = fork()) == 0)
		_exit(6);
	T(poll(&pf, 1, -1));
	T(read(sf, &si, sizeof si));
	out("%s %d", sname(si.ssi_signo), si.ssi_status);
	B(si.ssi_pid == (unsigned)pid);
	reap("child", pid);
	T(signalfd(ev, &set, 0));
	T(signalfd(sf, &set, 0) == sf);
	/* interrupted wait */
	alarm(1);
	signal(SIGALRM, (void (*)(int))ready == 0 ? 0 : SIG_DFL);
	alarm(0);
	(void)n;
	return 0;
}
