/* uname(2), sysinfo(2), getrandom(2), sysconf(3), sched_yield(2), prctl(2), priorities, hostname, environment. */
#include "t.h"
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sched.h>

int main(void)
{
	struct utsname u;
	struct sysinfo si;
	char a[32], b[32], buf[256];
	T(uname(&u));
	out("%s", u.sysname);
	B(strlen(u.release) > 2 && u.release[0] >= '3');
	B(strlen(u.nodename) > 0);
	T(uname(BAD));
	T(gethostname(buf, sizeof buf));
	B(!strcmp(buf, u.nodename));
	T(sysinfo(&si));
	B(si.totalram > 0 && si.freeram <= si.totalram && si.procs > 0 && si.mem_unit > 0);
	T(getrandom(a, 32, 0));
	T(getrandom(b, 32, GRND_NONBLOCK));
	B(memcmp(a, b, 32) != 0);
	T(getrandom(a, 32, 0x100));
	T(getrandom(BAD, 32, 0));
	T(getrandom(a, 0, 0));
	T(getentropy(a, 32));
	T(getentropy(a, 257));
	B(sysconf(_SC_NPROCESSORS_ONLN) >= 1);
	B(sysconf(_SC_OPEN_MAX) >= 256);
	B(sysconf(_SC_ARG_MAX) >= 131072);
	B(sysconf(_SC_PHYS_PAGES) > 1000);
	T(sched_yield());
	cpu_set_t set;
	T(sched_getaffinity(0, sizeof set, &set));
	B(CPU_COUNT(&set) >= 1);
	T(getpriority(PRIO_PROCESS, 0));
	T(setpriority(PRIO_PROCESS, 0, 5));
	T(getpriority(PRIO_PROCESS, 0));
	T(nice(3));
	T(getpriority(99, 0));
	T(setpriority(PRIO_PROCESS, 9999999, 5));
	T(prctl(PR_SET_NAME, "a long name, cut off", 0, 0, 0));
	T(prctl(PR_GET_NAME, buf, 0, 0, 0));
	out("%s", buf);
	T(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
	T(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	T(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	T(prctl(9999, 0, 0, 0, 0));
	T(syscall(9999));
	T(syscall(SYS_gettid) == getpid());
	T(setpriority(PRIO_PROCESS, 0, 100));
	T(getpriority(PRIO_PROCESS, 0));
	/* environment */
	setenv("A_NAME", "value", 1);
	setenv("A_NAME", "other", 0);
	out("%s", getenv("A_NAME"));
	unsetenv("A_NAME");
	B(getenv("A_NAME") == 0);
	T(setenv("A=B", "x", 1));
	T(setenv("", "x", 1));
	T(sethostname("x", -1));
	return 0;
}
