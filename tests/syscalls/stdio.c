/* What the C library builds on the calls: stdio(3), tmpfile(3), glob(3), nftw(3), getopt(3), qsort(3), locale. */
#include "t.h"
#include <ftw.h>
#include <getopt.h>
#include <fnmatch.h>
#include <glob.h>
#include <grp.h>
#include <libgen.h>
#include <locale.h>
#include <math.h>
#include <pwd.h>
#include <regex.h>
#include <wchar.h>
#include <wctype.h>

static int visit(const char *p, const struct stat *s, int t, struct FTW *f)
{
	(void)s;
	out("%s %s %d", p, t == FTW_D ? "dir" : t == FTW_F ? "file" : t == FTW_SL ? "link" : t == FTW_DP ? "after" : "?", f->level);
	return 0;
}

int main(void)
{
	char buf[256];
	FILE *f = fopen("f", "w+");
	B(f != 0);
	T(fprintf(f, "%d %s %.3f %x %5d|%-5d|%05d %c %lld\n", 42, "text", 3.14159, 255, 7, 7, 7, 'z', 123456789012LL));
	T(fflush(f));
	rewind(f);
	out("%s", fgets(buf, sizeof buf, f));
	T(ftell(f));
	T(fseek(f, 3, SEEK_SET));
	T(fgetc(f));
	T(ungetc('X', f));
	T(fgetc(f));
	T(feof(f));
	fclose(f);
	T((long)fopen("none/x", "w") == 0 && errno == ENOENT);
	f = fopen("f", "a");
	fputs("more\n", f);
	fclose(f);
	f = fopen("f", "r");
	size_t size = 0;
	char *line = 0;
	int n = 0;
	while (getline(&line, &size, f) > 0)
		n++;
	T(n);
	fclose(f);
	f = tmpfile();
	B(f != 0);
	fputs("temporary", f);
	rewind(f);
	out("%s", fgets(buf, sizeof buf, f));
	fclose(f);
	strcpy(buf, "nameXXXXXX");
	int fd = mkstemp(buf);
	B(fd >= 0 && strncmp(buf, "name", 4) == 0 && access(buf, R_OK | W_OK) == 0);
	unlink(buf);
	strcpy(buf, "dirXXXXXX");
	B(mkdtemp(buf) != 0);
	rmdir(buf);
	f = fmemopen(0, 100, "w+");
	fprintf(f, "memory %d", 5);
	rewind(f);
	T(fscanf(f, "%s %d", buf, &n));
	T(n);
	fclose(f);
	char *mem;
	f = open_memstream(&mem, &size);
	fprintf(f, "%08.3f|%+d|%e|%g|%a", 3.14159, 5, 12345.678, 0.0001, 1.0);
	fclose(f);
	out("%s", mem);
	out("%.17g %.0f %g %g %g", 0.1, 2.5, 1e300 * 1e10, -1e300 * 1e10, 123456789.0);
	out("%zu %td %hhd %#o %#x %%", (size_t)7, (ptrdiff_t)-3, (char)300, 8, 255);
	out("%*d|%-*d|%.*s", 6, 42, 6, 42, 3, "abcdef");
	T(sscanf("12 0x1f abc", "%d %i %2s", &n, &fd, buf));
	out("%d %d %s", n, fd, buf);
	T(strtol("99999999999999999999", 0, 10) == LONG_MAX && errno == ERANGE);
	out("%.10g %.10g", strtod("1.5e3xyz", 0), strtod("0x1.8p1", 0));
	out("%.6f %.6f %.6f", sin(1), exp(1), pow(2, 0.5));
	/* glob, fnmatch, regex */
	mkdir("g", 0755), put("g/a.c", ""), put("g/b.c", ""), put("g/c.h", ""), put("g/.hid", ""), symlink("a.c", "g/l");
	glob_t g;
	T(glob("g/*.c", 0, 0, &g));
	for (size_t i = 0; i < g.gl_pathc; i++)
		out("%s", g.gl_pathv[i]);
	T(glob("g/*.none", 0, 0, &g) == GLOB_NOMATCH);
	T(glob("g/[bc].?", 0, 0, &g));
	T(g.gl_pathc);
	T(fnmatch("*.[ch]", "x.c", 0));
	T(fnmatch("*", ".x", FNM_PERIOD) == FNM_NOMATCH);
	T(fnmatch("a/*", "a/b/c", FNM_PATHNAME) == FNM_NOMATCH);
	regex_t re;
	regmatch_t m[3];
	T(regcomp(&re, "([a-z]+)=([0-9]*)", REG_EXTENDED));
	T(regexec(&re, "  key=123 ", 3, m, 0));
	out("%d-%d %d-%d %d-%d", (int)m[0].rm_so, (int)m[0].rm_eo, (int)m[1].rm_so, (int)m[1].rm_eo, (int)m[2].rm_so, (int)m[2].rm_eo);
	B(regcomp(&re, "(", REG_EXTENDED) != 0);
	/* walking */
	mkdir("g/d", 0755), put("g/d/x", "");
	unlink("g/a.c"), unlink("g/b.c"), unlink("g/.hid"), unlink("g/l"), unlink("g/c.h");
	T(nftw("g", visit, 8, FTW_PHYS));
	T(nftw("g", visit, 8, FTW_PHYS | FTW_DEPTH));
	/* names */
	struct passwd *pw = getpwuid(0);
	B(pw && !strcmp(pw->pw_name, "root") && !strcmp(pw->pw_dir, "/root"));
	B(getpwnam("no-such-user") == 0);
	struct group *gr = getgrgid(0);
	B(gr && !strcmp(gr->gr_name, "root"));
	out("%s %s", basename(strcpy(buf, "/a/b/c.d")), dirname(strcpy(buf + 100, "/a/b/c.d")));
	/* multibyte text */
	B(setlocale(LC_ALL, "C.UTF-8") != 0);
	T(mbstowcs(0, "h\xc3\xa9llo \xe2\x82\xac", 0));
	wchar_t wc;
	T(mbtowc(&wc, "\xe2\x82\xac", 3));
	T(wc);
	T(mbtowc(&wc, "\xff", 1));
	T(iswalpha(0xe9) != 0);
	T(towupper(0xe9));
	T(wcwidth(0x4e2d));
	out("%ls|%5ls|", L"\u00e9\u20ac", L"ab");
	/* getopt permutes */
	char *av[] = {"p", "-a", "file", "-b", "val", "--", "-c", 0};
	int c, na = 7;
	while ((c = getopt_long(na, av, "ab:c", 0, 0)) != -1) /* musl's getopt(3) does not permute */
		out("option %c %s", c, c == 'b' ? optarg : "");
	out("%s %s", av[optind], av[optind + 1]);
	T(setvbuf(stdout, 0, _IOFBF, 4096));
	printf("buffered, ");
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		printf("child\n");
		exit(0);
	}
	reap("exit flushes", pid);
	B(strcmp(strerror(ENOENT), "No such file or directory") == 0);
	out("%s", strsignal(SIGSEGV));
	return 0;
}
