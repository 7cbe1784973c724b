/* Permissions: chmod(2), chown(2), umask(2), access(2), sticky directories; as root and as an ordinary user. */
#include "t.h"
#include <grp.h>

static void mode(const char *p)
{
	struct stat st;
	if (lstat(p, &st))
		out("%s: %s", p, ename(errno));
	else
		out("%s: %o %d:%d", p, (unsigned)st.st_mode, (int)st.st_uid, (int)st.st_gid);
}

static void become(int uid, int gid)
{
	MUST(setgroups(0, 0));
	MUST(setresgid(gid, gid, gid));
	MUST(setresuid(uid, uid, uid));
}

static void as_user(void)
{
	become(1000, 1000);
	out("as 1000:1000");
	T(open("secret", O_RDONLY));
	T(open("readable", O_RDONLY));
	T(open("readable", O_WRONLY));
	T(open("readable", O_RDONLY | O_TRUNC));
	T(access("readable", R_OK));
	T(access("readable", W_OK));
	T(access("readable", X_OK));
	T(access("readable", 99));
	T(chmod("readable", 0777));
	T(chown("readable", 1000, 1000));
	T(open("newfile", O_CREAT | O_WRONLY, 0644));
	T(mkdir("newdir", 0755));
	T(unlink("readable"));
	T(rename("readable", "x"));
	T(open("closed/file", O_RDONLY));
	T(open("nosearch/file", O_RDONLY));
	T(open("nosearch", O_RDONLY | O_DIRECTORY));
	T(open("noread", O_RDONLY | O_DIRECTORY));
	T(open("noread/file", O_RDONLY));
	T(chdir("nosearch"));
	T(truncate("readable", 0));
	T(symlink("x", "link"));
	struct stat st;
	T(stat("secret", &st));
	T(stat("closed/file", &st));
	/* own files */
	umask(0);
	T(open("open/mine", O_CREAT | O_RDWR, 0666));
	mode("open/mine");
	T(chmod("open/mine", 0400));
	T(open("open/mine", O_RDWR));
	T(chmod("open/mine", 06755));
	mode("open/mine");
	T(chown("open/mine", 0, -1));
	T(chown("open/mine", -1, 0));
	T(chown("open/mine", 1000, 1000));
	mode("open/mine");
	T(unlink("open/mine"));
	T(open("open/none", O_CREAT | O_RDWR, 0));
	T(open("open/none", O_RDONLY));
	/* the owner class counts, not the others */
	T(open("owned", O_RDONLY));
	T(open("grouped", O_RDONLY));
	/* sticky */
	T(unlink("sticky/root"));
	T(rename("sticky/root", "sticky/x"));
	T(open("sticky/user", O_CREAT | O_WRONLY, 0644));
	T(rename("sticky/user", "sticky/user2"));
	T(rename("sticky/user2", "sticky/root"));
	T(unlink("sticky/user2"));
	T(rmdir("sticky/rootdir"));
	/* set-group-id directory */
	T(open("setgid/file", O_CREAT | O_WRONLY, 0644));
	mode("setgid/file");
	T(mkdir("setgid/dir", 0755));
	mode("setgid/dir");
	/* identities */
	T(setuid(0));
	T(seteuid(0));
	T(setgid(0));
	T(setuid(1000));
	gid_t g[1] = {0};
	T(setgroups(1, g));
	T(kill(1, SIGTERM));
	T(chroot("."));
	T(mknod("open/dev", S_IFCHR | 0666, 0x103));
	T(sethostname("x", 1));
	/* a file that may be executed, a directory that may not */
	T(access("exec", X_OK));
	T(execl("readable", "readable", (char *)0));
	T(execl("open", "open", (char *)0));
	_exit(0);
}

int main(void)
{
	pid_t pid;
	int uid, e, s;
	umask(022);
	T(umask(027));
	T(umask(022));
	close(open("a", O_CREAT | O_WRONLY, 0666));
	mkdir("b", 0777);
	mode("a"), mode("b");
	umask(077);
	close(open("c", O_CREAT | O_WRONLY, 0666));
	mode("c");
	umask(022);
	T(chmod("a", 07777));
	mode("a");
	T(chmod("none", 0600));
	T(chmod("a/x", 0600));
	T(chmod("", 0600));
	T(fchmodat(AT_FDCWD, "a", 0640, 0));
	mode("a");
	symlink("a", "l");
	T(chmod("l", 0600));
	mode("a"), mode("l");
	T(chown("a", 1, 2));
	mode("a");
	T(chown("a", -1, 3));
	mode("a");
	T(lchown("l", 5, 6));
	mode("l"), mode("a");
	T(chown("l", 7, -1));
	mode("l"), mode("a");
	/* chown by root of a set-id file takes the bits away */
	chmod("a", 06755);
	T(chown("a", 8, 8));
	mode("a");
	chmod("a", 0644);
	int fd = open("a", O_RDONLY);
	T(fchmod(fd, 0600));
	T(fchown(fd, 9, 9));
	mode("a");
	T(fchmod(99, 0600));
	T(fchown(99, 0, 0));
	close(fd);
	chmod("a", 0);
	T(open("a", O_RDWR) >= 0);
	T(access("a", R_OK | W_OK));
	T(access("a", X_OK));
	T(execl("./a", "a", (char *)0));

	MUST(chmod(".", 0755));
	put("secret", "s"), chmod("secret", 0600);
	put("readable", "r");
	mkdir("closed", 0700), put("closed/file", "");
	mkdir("nosearch", 0744), put("nosearch/file", "");
	mkdir("noread", 0711), put("noread/file", "");
	mkdir("open", 0777), chmod("open", 0777);
	put("owned", "x"), chown("owned", 1000, 1000), chmod("owned", 0077);
	put("grouped", "x"), chown("grouped", 0, 1000), chmod("grouped", 0707);
	mkdir("sticky", 01777), chmod("sticky", 01777);
	put("sticky/root", ""), mkdir("sticky/rootdir", 0777);
	mkdir("setgid", 0777), chown("setgid", 0, 50), chmod("setgid", 02777);
	put("exec", ""), chmod("exec", 0711);
	mode("setgid");
	if ((pid = fork()) == 0)
		as_user();
	reap("user", pid);

	if ((pid = fork()) == 0) {
		/* effective and real ids */
		uid_t r, ee, ss;
		T(seteuid(1000));
		T(getuid());
		T(geteuid());
		T(open("secret", O_RDONLY));
		T(access("secret", R_OK));
		T(faccessat(AT_FDCWD, "secret", R_OK, AT_EACCESS));
		T(seteuid(0));
		T(open("secret", O_RDONLY));
		T(setresuid(1000, 0, 500));
		getresuid(&r, &ee, &ss);
		out("%d %d %d", r, ee, ss);
		T(setreuid(-1, 1000));
		getresuid(&r, &ee, &ss);
		out("%d %d %d", r, ee, ss);
		T(seteuid(0));
		T(seteuid(500));
		_exit(0);
	}
	reap("ids", pid);
	if ((pid = fork()) == 0) {
		gid_t list[3] = {5, 6, 7}, have[8];
		T(setgroups(3, list));
		T(getgroups(8, have));
		T(getgroups(0, have));
		T(getgroups(2, have));
		T(setgid(100));
		T(setuid(1000));
		T(getgid());
		T(getegid());
		T(getgroups(8, have));
		_exit(0);
	}
	reap("groups", pid);
	(void)uid, (void)e, (void)s;
	return 0;
}
