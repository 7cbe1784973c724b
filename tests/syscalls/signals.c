/* sigaction(2), sigprocmask(2), kill(2): delivery, masks, flags. */
#include "t.h"
#include <setjmp.h>
#include <sys/time.h>

static volatile int count, last, depth, deepest, order[32], ordered;
static siginfo_t info;

static void on(int s) { count++; last = s; }
static void note(int s) { if (ordered < 32) order[ordered++] = s; }
static void full(int s, siginfo_t *i, void *c) { (void)c; count++; last = s; info = *i; }
static void nest(int s)
{
	depth++;
	if (depth > deepest)
		deepest = depth;
	if (count++ < 3)
		raise(s);
	depth--;
}
static sigjmp_buf env;
static void jump(int s) { siglongjmp(env, s); }

static void set(int s, void (*h)(int), int flags)
{
	struct sigaction sa = {.sa_handler = h, .sa_flags = flags};
	sigemptyset(&sa.sa_mask);
	MUST(sigaction(s, &sa, 0));
}

static void mask(int how, int s)
{
	sigset_t m;
	sigemptyset(&m);
	if (s)
		sigaddset(&m, s);
	MUST(sigprocmask(how, &m, 0));
}

static int pending(int s) { sigset_t m; sigpending(&m); return sigismember(&m, s); }

/* L-SIG-001: a busy program makes no calls
 * - fork: exited 0
 * - count = 1
 * + fork: exited 0
 * + count = 0
 */
/* L-SIG-003
 * - old.ss_size == 65536: yes
 * + old.ss_size == 65536: no
 */
int main(void)
{
	struct sigaction sa;
	pid_t pid;
	int st, p[2], i;
	char buf[8];

	T(kill(getpid(), 0));
	T(kill(getpid(), -1));
	T(kill(getpid(), 65));
	T(kill(9999999, SIGTERM));
	T(kill(-9999999, SIGTERM));
	T(raise(0));
	T(sigaction(SIGKILL, 0, &sa));
	sa.sa_handler = SIG_IGN;
	T(sigaction(SIGKILL, &sa, 0));
	T(sigaction(SIGSTOP, &sa, 0));
	T(sigaction(0, &sa, 0));
	T(sigaction(65, &sa, 0));
	B(signal(SIGUSR1, on) == SIG_DFL);
	B(signal(SIGUSR1, on) == on);
	raise(SIGUSR1);
	out("count %d last %s", count, sname(last));

	/* blocked and pending; standard signals do not queue */
	mask(SIG_BLOCK, SIGUSR1);
	raise(SIGUSR1), raise(SIGUSR1), raise(SIGUSR1);
	T(pending(SIGUSR1));
	T(count);
	mask(SIG_UNBLOCK, SIGUSR1);
	T(count);
	T(pending(SIGUSR1));
	/* real-time signals do, in order */
	set(SIGRTMIN, note, 0), set(SIGRTMIN + 1, note, 0);
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, 0);
	raise(SIGRTMIN + 1), raise(SIGRTMIN), raise(SIGRTMIN), raise(SIGRTMIN + 1);
	set(SIGUSR2, note, 0), set(SIGINT, note, 0);
	raise(SIGUSR2), raise(SIGINT);
	sigemptyset(&all);
	{
		/* all handlers block all the others, so that the order of delivery is seen */
		int list[] = {SIGRTMIN, SIGRTMIN + 1, SIGUSR2, SIGINT};
		for (i = 0; i < 4; i++) {
			struct sigaction s2 = {.sa_handler = note};
			sigfillset(&s2.sa_mask);
			sigaction(list[i], &s2, 0);
		}
	}
	sigprocmask(SIG_SETMASK, &all, 0);
	for (i = 0; i < ordered; i++)
		out("order %s", sname(order[i]));

	/* ignoring discards what is pending */
	mask(SIG_BLOCK, SIGUSR1);
	raise(SIGUSR1);
	signal(SIGUSR1, SIG_IGN);
	T(pending(SIGUSR1));
	raise(SIGUSR1);
	T(pending(SIGUSR1));
	mask(SIG_UNBLOCK, SIGUSR1);
	/* the handler's own signal is blocked, unless SA_NODEFER */
	count = deepest = 0;
	set(SIGUSR1, nest, 0);
	raise(SIGUSR1);
	out("deferred: count %d deepest %d", count, deepest);
	count = deepest = 0;
	set(SIGUSR1, nest, SA_NODEFER);
	raise(SIGUSR1);
	out("nodefer: count %d deepest %d", count, deepest);
	/* SA_RESETHAND */
	set(SIGUSR1, on, SA_RESETHAND);
	raise(SIGUSR1);
	sigaction(SIGUSR1, 0, &sa);
	B(sa.sa_handler == SIG_DFL);
	/* what sigaction gives back */
	set(SIGUSR1, on, SA_RESTART | SA_NOCLDSTOP);
	sigaction(SIGUSR1, 0, &sa);
	B(sa.sa_handler == on);
	out("%#x", sa.sa_flags & (SA_RESTART | SA_NOCLDSTOP | SA_NODEFER | SA_SIGINFO | (int)SA_RESETHAND));

	/* SA_SIGINFO */
	sa.sa_sigaction = full, sa.sa_flags = SA_SIGINFO;
	sigaction(SIGUSR1, &sa, 0), sigaction(SIGCHLD, &sa, 0), sigaction(SIGRTMIN, &sa, 0);
	kill(getpid(), SIGUSR1);
	B(info.si_code == SI_USER);
	B(info.si_pid == getpid());
	B(info.si_uid == 0);
	raise(SIGUSR1);
	B(info.si_code == SI_TKILL);
	T(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 77}));
	B(info.si_code == SI_QUEUE);
	T(info.si_value.sival_int);
	B(info.si_pid == getpid());
	T(sigqueue(getpid(), 99, (union sigval){.sival_int = 77}));
	if ((pid = fork()) == 0)
		_exit(9);
	while (last != SIGCHLD)
		nap(1);
	B(info.si_code == CLD_EXITED);
	B(info.si_pid == pid);
	T(info.si_status);
	reap("child", pid);
	last = 0;
	if ((pid = fork()) == 0) {
		raise(SIGKILL);
	}
	while (last != SIGCHLD)
		nap(1);
	B(info.si_code == CLD_KILLED);
	out("%s", sname(info.si_status));
	reap("child", pid);
	last = 0;
	if ((pid = fork()) == 0)
		for (;;)
			pause();
	kill(pid, SIGSTOP);
	while (last != SIGCHLD)
		nap(1);
	B(info.si_code == CLD_STOPPED);
	last = 0;
	kill(pid, SIGCONT);
	while (last != SIGCHLD)
		nap(1);
	B(info.si_code == CLD_CONTINUED);
	last = 0;
	sa.sa_flags = SA_SIGINFO | SA_NOCLDSTOP;
	sigaction(SIGCHLD, &sa, 0);
	kill(pid, SIGSTOP);
	waitpid(pid, &st, WUNTRACED);
	out("SA_NOCLDSTOP: %s", sname(last));
	kill(pid, SIGKILL);
	while (last != SIGCHLD)
		nap(1);
	reap("child", pid);
	signal(SIGCHLD, SIG_DFL);

	/* EINTR and SA_RESTART */
	pipe(p);
	set(SIGALRM, on, 0);
	alarm(1);
	T(read(p[0], buf, 1));
	if ((pid = fork()) == 0) {
		nap(1500);
		write(p[1], "y", 1);
		_exit(0);
	}
	set(SIGALRM, on, SA_RESTART);
	count = 0;
	alarm(1);
	T(read(p[0], buf, 1));
	T(count);
	reap("writer", pid);
	struct timespec ts = {10, 0}, rem;
	alarm(1);
	T(nanosleep(&ts, &rem));
	B(rem.tv_sec >= 8 && rem.tv_sec < 10);
	alarm(1);
	T(pause());
	if ((pid = fork()) == 0) {
		nap(1500);
		_exit(3);
	}
	alarm(1);
	T(waitpid(pid, &st, 0) == pid);
	if ((pid = fork()) == 0)
		for (;;)
			pause();
	set(SIGALRM, on, 0);
	alarm(1);
	T(waitpid(pid, &st, 0));
	kill(pid, SIGKILL);
	reap("paused", pid);

	/* sigsuspend */
	set(SIGUSR1, on, 0);
	mask(SIG_BLOCK, SIGUSR1);
	count = 0;
	raise(SIGUSR1);
	sigset_t none;
	sigemptyset(&none);
	T(sigsuspend(&none));
	T(count);
	sigset_t now;
	sigprocmask(SIG_BLOCK, 0, &now);
	T(sigismember(&now, SIGUSR1));
	/* sigtimedwait, sigwait */
	sigset_t wait1;
	sigemptyset(&wait1);
	sigaddset(&wait1, SIGUSR1);
	struct timespec zero = {0, 0};
	siginfo_t si;
	T(sigtimedwait(&wait1, &si, &zero));
	raise(SIGUSR1);
	out("%s", sname(sigtimedwait(&wait1, &si, &zero)));
	kill(getpid(), SIGUSR1);
	out("%s", sname(sigwaitinfo(&wait1, &si)));
	B(si.si_code == SI_USER);
	T(count);
	int got;
	raise(SIGUSR1);
	T(sigwait(&wait1, &got));
	out("%s", sname(got));
	mask(SIG_UNBLOCK, SIGUSR1);
	/* longjmp out of a handler; sigsetjmp saves the mask */
	set(SIGUSR2, jump, 0);
	if ((i = sigsetjmp(env, 1)) == 0) {
		raise(SIGUSR2);
		out("not reached");
	} else
		out("jumped with %s", sname(i));
	sigprocmask(SIG_BLOCK, 0, &now);
	T(sigismember(&now, SIGUSR2));
	if ((i = sigsetjmp(env, 0)) == 0)
		raise(SIGUSR2);
	sigprocmask(SIG_BLOCK, 0, &now);
	T(sigismember(&now, SIGUSR2));
	mask(SIG_SETMASK, 0);

	/* timers */
	struct itimerval it = {{0, 20000}, {0, 20000}};
	set(SIGALRM, on, SA_RESTART);
	count = 0;
	T(setitimer(ITIMER_REAL, &it, 0));
	while (count < 3)
		pause();
	memset(&it, 0, sizeof it);
	T(setitimer(ITIMER_REAL, &it, 0));
	B(count >= 3);
	T(setitimer(99, &it, 0));
	T(alarm(100));
	B(alarm(0) > 98);
	T(alarm(0));
	T(getitimer(ITIMER_REAL, &it));
	T(it.it_value.tv_sec);
	it.it_value.tv_usec = 1000000;
	T(setitimer(ITIMER_REAL, &it, 0));
	/* pending signals and alarms are not inherited by fork, but by exec; dispositions are */
	alarm(100);
	mask(SIG_BLOCK, SIGUSR1);
	raise(SIGUSR1);
	if ((pid = fork()) == 0) {
		T(alarm(0));
		T(pending(SIGUSR1));
		sigaction(SIGALRM, 0, &sa);
		B(sa.sa_handler == on);
		sigprocmask(SIG_BLOCK, 0, &now);
		T(sigismember(&now, SIGUSR1));
		_exit(0);
	}
	reap("fork", pid);
	/* a handler on a busy program */
	mask(SIG_SETMASK, 0);
	count = 0;
	it = (struct itimerval){{0, 0}, {0, 30000}};
	setitimer(ITIMER_REAL, &it, 0);
	unsigned long spins = 0;
	while (!count && spins < 400000000ul)
		spins++;
	T(count);
	/* sigaltstack */
	stack_t ss = {.ss_sp = malloc(65536), .ss_size = 65536}, old;
	T(sigaltstack(&ss, &old));
	B(old.ss_flags & SS_DISABLE);
	T(sigaltstack(0, &old));
	B(old.ss_size == 65536);
	/* default actions */
	int list[] = {SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGPIPE, SIGALRM, SIGTERM, SIGVTALRM, SIGPROF, SIGIO, SIGXCPU, SIGXFSZ, SIGSYS, SIGTRAP, SIGBUS, SIGCHLD, SIGURG, SIGWINCH, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU};
	for (i = 0; i < (int)(sizeof list / sizeof *list); i++) {
		if ((pid = fork()) == 0) {
			setpgid(0, 0);
			signal(list[i], SIG_DFL);
			raise(list[i]);
			_exit(0);
		}
		waitpid(pid, &st, WUNTRACED);
		status(sname(list[i]), st);
		if (WIFSTOPPED(st)) {
			kill(pid, SIGKILL);
			waitpid(pid, &st, 0);
		}
	}
	return 0;
}
