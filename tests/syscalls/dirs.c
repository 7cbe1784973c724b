/* mkdir(2), rmdir(2), getdents64(2), chdir(2), getcwd(2). */
#include "t.h"
#include <dirent.h>
#include <sys/syscall.h>

static int by_name(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }

static void list(const char *path)
{
	char *names[300], text[4000] = "";
	int n = 0, i;
	DIR *d = opendir(path);
	struct dirent *e;
	if (!d) {
		out("opendir %s: %s", path, ename(errno));
		return;
	}
	while ((e = readdir(d))) {
		char t = e->d_type == DT_DIR ? 'd' : e->d_type == DT_REG ? 'f' : e->d_type == DT_LNK ? 'l' : e->d_type == DT_FIFO ? 'p' : '?';
		names[n] = malloc(300);
		snprintf(names[n++], 300, "%s/%c", e->d_name, t);
	}
	closedir(d);
	qsort(names, n, sizeof *names, by_name);
	for (i = 0; i < n; i++)
		strcat(strcat(text, " "), names[i]);
	out("%s:%s", path, text);
}

int main(void)
{
	char cwd[PATH_MAX], here[PATH_MAX];
	struct stat st;
	int i;

	umask(022);
	T(mkdir("d", 0777));
	T(stat("d", &st));
	out("%o links %d", (unsigned)st.st_mode, (int)st.st_nlink);
	T(mkdir("d", 0777));
	T(mkdir("d/", 0777));
	T(mkdir(".", 0777));
	T(mkdir("..", 0777));
	T(mkdir("/", 0777));
	T(mkdir("", 0777));
	T(mkdir("none/x", 0777));
	T(mkdir("e/", 0777));
	put("f", "");
	T(mkdir("f", 0777));
	T(mkdir("f/x", 0777));
	T(mkdir("d/sub", 0700));
	T(stat("d", &st));
	T(st.st_nlink);
	symlink("f", "d/link");
	mkfifo("d/pipe", 0600);
	put("d/.hidden", "");
	list("d");
	list("f");
	list("none");
	T(rmdir("d"));
	T(rmdir("f"));
	T(rmdir("none"));
	T(rmdir("d/link"));
	T(rmdir("d/."));
	T(rmdir("d/.."));
	T(rmdir("/"));
	T(rmdir("d/sub"));
	T(stat("d", &st));
	T(st.st_nlink);
	T(unlink("d"));
	T(unlinkat(AT_FDCWD, "e", AT_REMOVEDIR));
	T(unlinkat(AT_FDCWD, "e", 0x4000));
	T(mkdir("dangle", 0700));
	symlink("missing", "dang");
	T(mkdir("dang", 0700));
	T(mkdir("dang/", 0700));

	getcwd(here, sizeof here);
	T(chdir("d"));
	getcwd(cwd, sizeof cwd);
	B(!strncmp(cwd, here, strlen(here)) && !strcmp(cwd + strlen(here), "/d"));
	T(chdir("none"));
	T(chdir("../f"));
	T(chdir(""));
	T(chdir(".."));
	T((long)getcwd(cwd, 2) == 0 && errno == ERANGE);
	T(syscall(SYS_getcwd, cwd, 0));
	T(chdir("/"));
	T(chdir("/.."));
	out("%s", getcwd(cwd, sizeof cwd));
	T(chdir("//"));
	out("%s", getcwd(cwd, sizeof cwd));
	T(chdir(here));

	/* a removed working directory */
	MUST(mkdir("gone", 0755));
	MUST(chdir("gone"));
	T(rmdir("../gone"));
	T((long)getcwd(cwd, sizeof cwd) == 0 && errno == ENOENT);
	T(open("new", O_CREAT | O_WRONLY, 0644));
	T(mkdir("new", 0755));
	T(stat(".", &st));
	T(st.st_nlink);
	T(chdir(".."));
	list(".");

	/* many entries, read in several calls, while removing */
	MUST(mkdir("many", 0755));
	MUST(chdir("many"));
	for (i = 0; i < 1000; i++) {
		char name[40];
		sprintf(name, "entry-number-%d", i);
		close(MUST(open(name, O_CREAT | O_WRONLY, 0644)));
	}
	DIR *d = opendir(".");
	struct dirent *e;
	int seen = 0;
	while ((e = readdir(d)))
		if (e->d_name[0] != '.') {
			seen++;
			MUST(unlink(e->d_name));
		}
	out("seen %d", seen);
	rewinddir(d);
	seen = 0;
	while ((e = readdir(d)))
		seen++;
	out("after rewind %d", seen);
	put("a", ""), put("b", ""), put("c", "");
	rewinddir(d);
	long where = -1;
	char second[300] = "";
	for (i = 0; (e = readdir(d)); i++) {
		if (i == 2)
			where = telldir(d);
		if (i == 3)
			strcpy(second, e->d_name);
	}
	seekdir(d, where);
	e = readdir(d);
	B(e && !strcmp(e->d_name, second));
	closedir(d);
	MUST(chdir(".."));
	/* a buffer too small for an entry */
	char small[64] __attribute__((aligned(8)));
	int fd = MUST(open("many", O_RDONLY));
	T(syscall(SYS_getdents64, fd, small, 1));
	T(syscall(SYS_getdents64, fd, small, 64) > 0);
	close(fd);
	fd = MUST(open("f", O_RDONLY));
	T(syscall(SYS_getdents64, fd, small, 64));
	T(syscall(SYS_getdents64, 99, small, 64));
	T(fchdir(fd));
	T(fchdir(99));
	close(fd);
	/* a removed directory that is still open reads empty */
	MUST(mkdir("r", 0755));
	fd = MUST(open("r", O_RDONLY));
	MUST(rmdir("r"));
	T(syscall(SYS_getdents64, fd, small, 64));
	T(openat(fd, "x", O_CREAT | O_WRONLY, 0644));
	T(openat(fd, ".", O_RDONLY) >= 0);
	return 0;
}
