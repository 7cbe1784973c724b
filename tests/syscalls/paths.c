/* path_resolution(7): NAME_MAX, PATH_MAX, loops, dots, trailing slashes, "*at" calls, chroot(2). */
#include "t.h"
#include <sys/syscall.h>

static long try(const char *p) { struct stat st; return stat(p, &st); }

int main(void)
{
	char name[300], path[5000];
	struct stat st;
	int fd, i;

	memset(name, 'n', sizeof name);
	name[255] = 0;
	T(mkdir(name, 0755) );
	T(rmdir(name));
	name[255] = 'n', name[256] = 0;
	T(mkdir(name, 0755));
	T(open(name, O_RDONLY));
	T(try(name));
	T(symlink("x", name));
	T(rename(name, "y"));
	mkdir("d", 0755), put("d/f", "F");
	memset(path, '/', sizeof path);
	strcpy(path + 4090, "");
	memcpy(path, "./d", 3);
	T(try(path));
	strcpy(path + 4089, "f");
	T(try(path));
	memset(path, '/', sizeof path);
	memcpy(path, "./d", 3);
	strcpy(path + 4094, "f");
	T(try(path));
	memset(path, '/', sizeof path);
	memcpy(path, "./d", 3);
	strcpy(path + 4095, "f");
	T(try(path));
	T(open(path, O_RDONLY));
	/* a symbolic link of 4095 bytes, none of 4096 */
	memset(path, 'a', sizeof path);
	path[4095] = 0;
	T(symlink(path, "long"));
	T(readlink("long", path, sizeof path));
	T(try("long"));
	path[4095] = 'a', path[4096] = 0;
	T(symlink(path, "longer"));
	/* deeper than PATH_MAX */
	int here = open(".", O_RDONLY | O_DIRECTORY), deep = here;
	for (i = 0; i < 50; i++) {
		memset(path, 'p', 100);
		path[100] = 0;
		MUST(mkdirat(deep, path, 0755));
		int next = MUST(openat(deep, path, O_RDONLY | O_DIRECTORY));
		if (deep != here)
			close(deep);
		deep = next;
	}
	T(fchdir(deep));
	T(open("at-the-bottom", O_CREAT | O_WRONLY, 0644) >= 0);
	T(syscall(SYS_getcwd, path, 4096));
	T(syscall(SYS_getcwd, path, 5000) == -1 ? (errno == ENAMETOOLONG) : 2);
	T(fchdir(here));
	/* dots and slashes */
	T(try("d/."));
	T(try("d/.."));
	T(try("d/../d//./f"));
	T(try("d/f/"));
	T(try("d/f/."));
	T(try("d/f/.."));
	T(try("nope/.."));
	T(try("/../../.."));
	T(try("///"));
	T(try("//tmp"));
	symlink("d", "l"), symlink("d/", "ls"), symlink("l/../l/f", "lf"), symlink("/", "root"), symlink(".", "dot");
	T(try("l/f"));
	T(try("ls/f"));
	T(try("lf"));
	T(try("lf/"));
	T(try("root/tmp"));
	T(try("dot/dot/dot/d/f"));
	T(lstat("l/", &st));
	B(S_ISDIR(st.st_mode));
	T(lstat("l", &st));
	B(S_ISLNK(st.st_mode));
	T(lstat("l/.", &st));
	B(S_ISDIR(st.st_mode));
	strcpy(path, "dot");
	for (i = 0; i < 39; i++)
		strcat(path, "/dot");
	T(try(path));
	strcat(path, "/dot");
	T(try(path));
	/* ".." after a symbolic link is the parent of the target */
	mkdir("d/sub", 0755), symlink("d/sub", "jump"), put("d/beside", "B");
	show("jump/../beside");
	/* at-calls */
	fd = open("d", O_RDONLY | O_DIRECTORY);
	T(faccessat(fd, "f", R_OK, 0));
	T(faccessat(fd, "../d/f", R_OK, 0));
	T(fstatat(fd, "/tmp", &st, 0));
	T(fstatat(-5, "/tmp", &st, 0));
	T(fstatat(-5, "tmp", &st, 0));
	T(mkdirat(fd, "made", 0755));
	T(symlinkat("f", fd, "sl"));
	T(readlinkat(fd, "sl", path, 10));
	T(linkat(fd, "f", AT_FDCWD, "hard", 0));
	T(unlinkat(fd, "made", 0));
	T(unlinkat(fd, "made", AT_REMOVEDIR));
	T(renameat(fd, "sl", here, "moved"));
	T(fchownat(fd, "f", 1, 1, 0));
	T(fchmodat(fd, "f", 0600, 0));
	T(mkfifoat(fd, "fifo", 0600));
	T(access("d/fifo", F_OK));
	/* the directory of a descriptor may move or go */
	T(rename("d", "elsewhere"));
	T(faccessat(fd, "f", R_OK, 0));
	T(faccessat(fd, "../elsewhere", R_OK, 0));
	int f = open("elsewhere/f", O_RDONLY);
	T(openat(f, "x", O_RDONLY));
	T(openat(f, "", O_RDONLY));
	T(openat(f, "/tmp", O_RDONLY) >= 0);
	/* bad pointers */
	T(open(BAD, O_RDONLY));
	T(stat(BAD, &st));
	T(mkdir(BAD, 0));
	T(rename("elsewhere", BAD));
	T(readlink("l", BAD, 10));
	T(chdir(BAD));
	/* chroot */
	pid_t pid = fork();
	if (pid == 0) {
		T(chroot("none"));
		T(chroot("elsewhere/f"));
		T(chroot("elsewhere"));
		T(chdir("/"));
		T(access("/f", F_OK));
		T(access("/../f", F_OK));
		T(access("/tmp", F_OK));
		T(access("/../../../../etc", F_OK));
		char *c = getcwd(path, sizeof path);
		out("%s", c ? c : ename(errno));
		_exit(0);
	}
	reap("chroot", pid);
	if ((pid = fork()) == 0) {
		setuid(1000);
		T(chroot("."));
		_exit(0);
	}
	reap("chroot as user", pid);
	return 0;
}
