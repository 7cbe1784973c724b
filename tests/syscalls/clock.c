/* clock_gettime(2), nanosleep(2), getrusage(2), times(2), gettimeofday(2), POSIX timers. */
#include "t.h"
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>

static volatile int fired;
static void on(int s) { (void)s; fired++; }

/* L-TIME-003
 * - clock_settime(CLOCK_REALTIME, &t) = -1 EINVAL
 * - clock_settime(CLOCK_MONOTONIC, &t) = -1 EINVAL
 * - timer_create(CLOCK_MONOTONIC, &se, &id) = 0
 * - timer_settime(id, 0, &it, 0) = 0
 * - timer_gettime(id, &old) = 0
 * + clock_settime(CLOCK_REALTIME, &t) = -1 EPERM
 * + clock_settime(CLOCK_MONOTONIC, &t) = -1 EPERM
 * + timer_create(CLOCK_MONOTONIC, &se, &id) = -1 ENOSYS
 * + timer_settime(id, 0, &it, 0) = -1 ENOSYS
 * + timer_gettime(id, &old) = -1 ENOSYS
 */
/* L-TIME-003
 * - fired = 1
 * - timer_getoverrun(id) = 0
 * - timer_delete(id) = 0
 * - timer_create(99, &se, &id) = -1 EINVAL
 * + fired = 0
 * + timer_getoverrun(id) = -1 ENOSYS
 * + timer_delete(id) = -38
 * + timer_create(99, &se, &id) = -1 ENOSYS
 */
int main(void)
{
	struct timespec a, b, t;
	struct rusage ru;
	struct tms tm;
	struct timeval tv;
	struct sigaction sa = {.sa_handler = on};
	T(clock_gettime(CLOCK_REALTIME, &a));
	B(a.tv_sec > 1500000000);
	B(a.tv_nsec >= 0 && a.tv_nsec < 1000000000);
	T(clock_gettime(CLOCK_MONOTONIC, &a));
	T(nanosleep(&(struct timespec){0, 20000000}, 0));
	T(clock_gettime(CLOCK_MONOTONIC, &b));
	B((b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec >= 20000000);
	T(clock_gettime(CLOCK_BOOTTIME, &a));
	T(clock_gettime(CLOCK_MONOTONIC_RAW, &a));
	T(clock_gettime(CLOCK_REALTIME_COARSE, &a));
	T(clock_gettime(CLOCK_MONOTONIC_COARSE, &a));
	T(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a));
	B(a.tv_sec < 10);
	T(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a));
	T(clock_gettime(99, &a));
	T(clock_getres(CLOCK_MONOTONIC, &a));
	B(a.tv_sec == 0 && a.tv_nsec > 0 && a.tv_nsec <= 10000000);
	T(nanosleep(&(struct timespec){0, 1000000000}, 0));
	T(nanosleep(&(struct timespec){-1, 0}, 0));
	T(nanosleep(&(struct timespec){0, 0}, 0));
	T(clock_nanosleep(CLOCK_REALTIME, 0, &(struct timespec){0, 1000000}, 0));
	T(clock_nanosleep(99, 0, &(struct timespec){0, 1000000}, 0));
	a.tv_sec = 0, a.tv_nsec = 1;
	T(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &a, 0));
	T(gettimeofday(&tv, 0));
	B(tv.tv_usec >= 0 && tv.tv_usec < 1000000);
	B(time(0) - tv.tv_sec <= 1);
	B(times(&tm) != (clock_t)-1);
	T(sysconf(_SC_CLK_TCK));
	/* CPU time passes */
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	volatile unsigned x = 0;
	for (int i = 0; i < 30000000; i++)
		x += i;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	B(b.tv_sec > a.tv_sec || b.tv_nsec > a.tv_nsec);
	T(getrusage(RUSAGE_SELF, &ru));
	B(ru.ru_utime.tv_sec > 0 || ru.ru_utime.tv_usec > 0);
	T(getrusage(RUSAGE_CHILDREN, &ru));
	T(getrusage(99, &ru));
	B(clock() != (clock_t)-1);
	/* not while asleep */
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	nap(200);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	B((b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec < 100000000);
	/* setting the clock is root's; a bad value is refused before */
	t.tv_sec = 0, t.tv_nsec = 2000000000;
	T(clock_settime(CLOCK_REALTIME, &t));
	T(clock_settime(CLOCK_MONOTONIC, &t));
	/* POSIX timers */
	sigaction(SIGUSR1, &sa, 0);
	struct sigevent se = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	timer_t id;
	T(timer_create(CLOCK_MONOTONIC, &se, &id));
	struct itimerspec it = {{0, 0}, {0, 20000000}}, old;
	T(timer_settime(id, 0, &it, 0));
	T(timer_gettime(id, &old));
	B(old.it_value.tv_nsec <= 20000000);
	for (int i = 0; i < 1000 && !fired; i++)
		nap(5);
	T(fired);
	T(timer_getoverrun(id));
	T(timer_delete(id));
	T(timer_create(99, &se, &id));
	/* calendar */
	setenv("TZ", "UTC0", 1);
	tzset();
	time_t when = 1000000000;
	char buf[64];
	strftime(buf, sizeof buf, "%Y-%m-%d %H:%M:%S %a %j", gmtime(&when));
	out("%s", buf);
	when = 4102444800LL + 86400;
	strftime(buf, sizeof buf, "%Y-%m-%d %H:%M:%S %a %j", localtime(&when));
	out("%s", buf);
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	when = 1700000000;
	strftime(buf, sizeof buf, "%Y-%m-%d %H:%M:%S %Z %z", localtime(&when));
	out("%s", buf);
	when = 1690000000;
	strftime(buf, sizeof buf, "%Y-%m-%d %H:%M:%S %Z %z", localtime(&when));
	out("%s", buf);
	return 0;
}
