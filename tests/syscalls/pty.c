/* Pseudoterminals and termios(3): line discipline, signals from keys, window size, job control. */
#include "t.h"
#include <poll.h>
#include <termios.h>

static volatile int winch, hup, intr;
static void on(int s) { if (s == SIGWINCH) winch++; else if (s == SIGHUP) hup++; else intr++; }
static int master;

static const char *escape(const char *s, int n)
{
	static char text[2000];
	char *t = text;
	for (int i = 0; i < n; i++)
		if (s[i] == '\n')
			t += sprintf(t, "\\n");
		else if (s[i] == '\r')
			t += sprintf(t, "\\r");
		else if (s[i] < 32 || s[i] > 126)
			t += sprintf(t, "\\x%02x", (unsigned char)s[i]);
		else
			*t++ = s[i];
	*t = 0;
	return text;
}

/* All that can be read now. */
static void drain(const char *what, int fd)
{
	char buf[500];
	int n = 0, r;
	struct pollfd p = {fd, POLLIN, 0};
	while (poll(&p, 1, 50) > 0 && (p.revents & POLLIN) && (r = read(fd, buf + n, sizeof buf - n)) > 0)
		n += r;
	out("%s: \"%s\"", what, escape(buf, n));
}

static void in(int fd)
{
	char buf[200];
	int n = read(fd, buf, sizeof buf);
	if (n < 0)
		out("read: %s", ename(errno));
	else
		out("read %d: \"%s\"", n, escape(buf, n));
}

static void type(const char *s) { MUST(write(master, s, strlen(s))); }

int main(void)
{
	struct termios t, raw;
	struct winsize ws;
	char name[64];
	int slave, n, st;
	pid_t pid;

	T(isatty(0));
	out("%s", ename(errno));
	T(tcgetattr(0, &t));
	master = MUST(posix_openpt(O_RDWR | O_NOCTTY));
	B(isatty(master));
	T(grantpt(master));
	T(open(ptsname(master), O_RDWR | O_NOCTTY) == -1);
	T(unlockpt(master));
	strcpy(name, ptsname(master));
	B(!strncmp(name, "/dev/pts/", 9));
	slave = MUST(open(name, O_RDWR | O_NOCTTY));
	T(isatty(slave));
	B(!strcmp(ttyname(slave), name));
	struct stat sb;
	fstat(slave, &sb);
	B(S_ISCHR(sb.st_mode));
	T(open("/dev/pts/9999", O_RDWR));
	T(lseek(slave, 0, SEEK_SET));

	T(tcgetattr(slave, &t));
	out("iflag %#o oflag %#o cflag %#o lflag %#o", (unsigned)t.c_iflag, (unsigned)t.c_oflag, (unsigned)t.c_cflag & ~(unsigned)CBAUD, (unsigned)t.c_lflag);
	out("intr %d quit %d erase %d kill %d eof %d susp %d min %d time %d", t.c_cc[VINTR], t.c_cc[VQUIT], t.c_cc[VERASE], t.c_cc[VKILL], t.c_cc[VEOF], t.c_cc[VSUSP], t.c_cc[VMIN], t.c_cc[VTIME]);
	out("start %d stop %d lnext %d werase %d reprint %d", t.c_cc[VSTART], t.c_cc[VSTOP], t.c_cc[VLNEXT], t.c_cc[VWERASE], t.c_cc[VREPRINT]);

	/* output: NL becomes CR NL */
	write(slave, "a\nb\n", 4);
	drain("master", master);
	t.c_oflag &= ~OPOST;
	tcsetattr(slave, TCSANOW, &t);
	write(slave, "a\nb\n", 4);
	drain("without OPOST", master);
	t.c_oflag |= OPOST;
	tcsetattr(slave, TCSANOW, &t);
	/* canonical input with echo */
	type("hello\n");
	drain("echo", master);
	in(slave);
	type("one\ntwo\n");
	in(slave);
	in(slave);
	drain("echo", master);
	type("abc\x7f\x7fX\n");
	drain("erase", master);
	in(slave);
	type("some words\x17" "end\n");
	drain("werase", master);
	in(slave);
	type("all gone\x15now\n");
	drain("kill", master);
	in(slave);
	type("a\x16\x03z\n");
	drain("lnext", master);
	in(slave);
	type("cr\r");
	drain("cr", master);
	in(slave);
	type("part\x04");
	in(slave);
	type("\x04");
	in(slave);
	type("tab\x01\x1b[A\n");
	drain("control characters", master);
	in(slave);
	T(ioctl(slave, FIONREAD, &n));
	T(n);
	fcntl(slave, F_SETFL, O_NONBLOCK);
	type("unfinished");
	in(slave);
	T(ioctl(slave, FIONREAD, &n));
	T(n);
	type("\n");
	char small[4];
	T(read(slave, small, 4));
	T(read(slave, small, 4));
	in(slave);
	fcntl(slave, F_SETFL, 0);
	drain("echo", master);
	/* without echo */
	t.c_lflag &= ~ECHO;
	tcsetattr(slave, TCSANOW, &t);
	type("secret\n");
	drain("no echo", master);
	in(slave);
	t.c_lflag |= ECHO;
	/* raw */
	raw = t;
	cfmakeraw(&raw);
	raw.c_cc[VMIN] = 1, raw.c_cc[VTIME] = 0;
	T(tcsetattr(slave, TCSANOW, &raw));
	type("x\r\x03");
	in(slave);
	drain("raw", master);
	raw.c_cc[VMIN] = 0;
	tcsetattr(slave, TCSANOW, &raw);
	in(slave);
	raw.c_cc[VTIME] = 1;
	tcsetattr(slave, TCSANOW, &raw);
	in(slave);
	raw.c_cc[VMIN] = 3, raw.c_cc[VTIME] = 0;
	tcsetattr(slave, TCSANOW, &raw);
	if ((pid = fork()) == 0) {
		type("1"), nap(50), type("2"), nap(50), type("3");
		_exit(0);
	}
	in(slave);
	reap("typist", pid);
	type("left over"), nap(20);
	T(tcsetattr(slave, TCSAFLUSH, &t));
	fcntl(slave, F_SETFL, O_NONBLOCK);
	in(slave);
	type("flush\n"), nap(20);
	T(tcflush(slave, TCIFLUSH));
	in(slave);
	fcntl(slave, F_SETFL, 0);
	drain("echo", master);
	/* long lines are cut at 4095 and the newline */
	char *lot = malloc(6000);
	memset(lot, 'q', 6000);
	t.c_lflag &= ~ECHO;
	tcsetattr(slave, TCSANOW, &t);
	fcntl(master, F_SETFL, O_NONBLOCK);
	write(master, lot, 5000);
	write(master, "\n", 1);
	n = read(slave, lot, 6000);
	T(n);
	B(lot[n - 1] == '\n');
	fcntl(master, F_SETFL, 0);
	t.c_lflag |= ECHO;
	tcsetattr(slave, TCSANOW, &t);
	/* window size */
	T(ioctl(slave, TIOCGWINSZ, &ws));
	out("%d x %d", ws.ws_col, ws.ws_row);
	ws.ws_col = 80, ws.ws_row = 24;
	T(ioctl(master, TIOCSWINSZ, &ws));
	T(ioctl(slave, TIOCGWINSZ, &ws));
	out("%d x %d", ws.ws_col, ws.ws_row);
	T(ioctl(1, TIOCGWINSZ, &ws));

	/* a session on the terminal */
	struct gate g, h;
	gate_make(&g), gate_make(&h);
	if ((pid = fork()) == 0) {
		close(master);
		setsid();
		T(tcgetpgrp(slave));
		T(open("/dev/tty", O_RDWR));
		T(ioctl(slave, TIOCSCTTY, 0));
		B(tcgetpgrp(slave) == getpid());
		B(tcgetsid(slave) == getpid());
		int tty = T(open("/dev/tty", O_RDWR)) >= 0;
		(void)tty;
		struct sigaction sa = {.sa_handler = on};
		sigaction(SIGINT, &sa, 0), sigaction(SIGWINCH, &sa, 0), sigaction(SIGHUP, &sa, 0), sigaction(SIGQUIT, &sa, 0);
		sigset_t block, old, none;
		sigemptyset(&none);
		sigfillset(&block);
		sigprocmask(SIG_BLOCK, &block, &old);
		gate_pass(&g);
		while (!intr)
			sigsuspend(&none);
		out("SIGINT %d", intr);
		gate_pass(&g);
		while (!winch)
			sigsuspend(&none);
		out("SIGWINCH %d", winch);
		sigprocmask(SIG_SETMASK, &old, 0);
		/* a background child that reads or writes */
		pid_t job = fork();
		if (job == 0) {
			setpgid(0, 0);
			signal(SIGTTIN, SIG_DFL);
			char c;
			read(slave, &c, 1);
			out("reader goes on with %c", c);
			_exit(0);
		}
		setpgid(job, job);
		T(waitpid(job, &st, WUNTRACED) == job);
		status("background read", st);
		T(tcsetpgrp(slave, job));
		B(tcgetpgrp(slave) == job);
		kill(-job, SIGCONT);
		gate_pass(&g);
		reap("foreground read", job);
		signal(SIGTTOU, SIG_IGN);
		T(tcsetpgrp(slave, getpgrp()));
		signal(SIGTTOU, SIG_DFL);
		T(tcsetpgrp(slave, 9999999));
		T(tcsetpgrp(slave, -1));
		job = fork();
		if (job == 0) {
			setpgid(0, 0);
			write(slave, "background\n", 11);
			tcgetattr(slave, &t);
			t.c_lflag |= TOSTOP;
			tcsetattr(slave, TCSANOW, &t);
			_exit(0);
		}
		setpgid(job, job);
		T(waitpid(job, &st, WUNTRACED) == job);
		status("background tcsetattr", st);
		kill(job, SIGKILL);
		waitpid(job, &st, 0);
		tcgetattr(slave, &t);
		t.c_lflag |= TOSTOP;
		tcsetattr(slave, TCSANOW, &t);
		job = fork();
		if (job == 0) {
			setpgid(0, 0);
			write(slave, "background\n", 11);
			_exit(0);
		}
		setpgid(job, job);
		T(waitpid(job, &st, WUNTRACED) == job);
		status("background write with TOSTOP", st);
		kill(job, SIGKILL);
		waitpid(job, &st, 0);
		job = fork();
		if (job == 0) {
			setpgid(0, 0);
			signal(SIGTTOU, SIG_IGN);
			T(write(slave, "ignored\n", 8));
			signal(SIGTTIN, SIG_IGN);
			char c;
			T(read(slave, &c, 1));
			_exit(0);
		}
		setpgid(job, job);
		reap("background, ignoring", job);
		gate_pass(&g);
		while (!hup)
			sigsuspend(&none);
		out("SIGHUP %d", hup);
		char c;
		T(read(slave, &c, 1));
		T(write(slave, "x", 1));
		T(open("/dev/tty", O_RDWR));
		gate_pass(&h);
		_exit(7);
	}
	gate_wait(&g);
	type("\x03");
	gate_wait(&g);
	drain("^C", master);
	ws.ws_row = 50;
	MUST(ioctl(master, TIOCSWINSZ, &ws));
	gate_wait(&g);
	type("j\n");
	gate_wait(&g);
	drain("terminal", master);
	close(slave);
	close(master);
	gate_wait(&h);
	reap("session leader", pid);

	/* the master sees the end when the last slave is closed */
	master = MUST(posix_openpt(O_RDWR | O_NOCTTY));
	grantpt(master), unlockpt(master);
	slave = MUST(open(ptsname(master), O_RDWR | O_NOCTTY));
	write(slave, "last", 4);
	close(slave);
	in(master);
	in(master);
	struct pollfd p = {master, POLLIN, 0};
	T(poll(&p, 1, 0));
	out("%#x", (unsigned)p.revents);
	slave = MUST(open(ptsname(master), O_RDWR | O_NOCTTY));
	p.events = POLLIN | POLLOUT;
	T(poll(&p, 1, 0));
	out("%#x", (unsigned)p.revents);
	/* ^Z stops the foreground group, ^\ kills it; pressing with ISIG off does not */
	if ((pid = fork()) == 0) {
		setsid();
		MUST(ioctl(slave, TIOCSCTTY, 0));
		pid_t job = fork();
		if (job == 0) {
			setpgid(0, 0);
			signal(SIGTTOU, SIG_IGN);
			tcsetpgrp(slave, getpid());
			gate_pass(&g);
			for (;;)
				pause();
		}
		setpgid(job, job);
		waitpid(job, &st, WUNTRACED);
		status("^Z", st);
		kill(job, SIGCONT);
		gate_pass(&g);
		reap("^\\", job);
		_exit(0);
	}
	gate_wait(&g);
	type("\x1a");
	gate_wait(&g);
	type("\x1c");
	reap("shell", pid);
	drain("echo", master);
	return 0;
}
