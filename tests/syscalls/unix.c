/* Unix domain sockets, unix(7). */
#include "t.h"
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static socklen_t address(struct sockaddr_un *a, const char *path)
{
	memset(a, 0, sizeof *a);
	a->sun_family = AF_UNIX;
	strncpy(a->sun_path, path, sizeof a->sun_path - 1);
	return offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1;
}

static int send_fd(int s, int fd)
{
	char byte = 'f', space[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET, c->cmsg_type = SCM_RIGHTS, c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	return sendmsg(s, &m, 0);
}

static int recv_fd(int s, int flags)
{
	char byte, space[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
	int fd = -1, n = recvmsg(s, &m, flags);
	if (n < 0)
		return -1;
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof fd);
	out("recvmsg %d %c flags %#x", n, byte, m.msg_flags & ~MSG_CMSG_CLOEXEC);
	return fd;
}

int main(void)
{
	int s[2], l, c, a, n;
	char buf[300];
	pid_t pid;
	struct sockaddr_un ad, peer;
	socklen_t len;
	signal(SIGPIPE, SIG_IGN);

	T(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	T(write(s[0], "hello", 5));
	T(send(s[1], "back", 4, 0));
	T(recv(s[1], buf, 3, MSG_PEEK));
	T(recv(s[1], buf, 300, 0));
	T(read(s[0], buf, 300));
	T(recv(s[0], buf, 1, MSG_DONTWAIT));
	T(write(s[0], "one", 3));
	T(write(s[0], "two", 3));
	T(read(s[1], buf, 300));
	out("%.6s", buf);
	T(shutdown(s[0], SHUT_WR));
	T(write(s[0], "x", 1));
	T(read(s[1], buf, 300));
	T(write(s[1], "still", 5));
	T(read(s[0], buf, 300));
	T(shutdown(s[0], 9));
	close(s[1]);
	T(read(s[0], buf, 300));
	T(send(s[0], "x", 1, MSG_NOSIGNAL));
	close(s[0]);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	write(s[1], "unread", 6);
	write(s[0], "data", 4);
	close(s[1]);
	T(read(s[0], buf, 300));
	T(read(s[0], buf, 300));
	close(s[0]);
	T(socketpair(AF_INET, SOCK_STREAM, 0, s));
	T(socketpair(AF_UNIX, 99, 0, s));
	T(socket(AF_UNIX, SOCK_STREAM, 5));
	T(socket(999, SOCK_STREAM, 0));

	T(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, s));
	T(fcntl(s[0], F_GETFD));
	T(write(s[0], "first", 5));
	T(write(s[0], "", 0));
	T(write(s[0], "second", 6));
	T(read(s[1], buf, 3));
	T(read(s[1], buf, 300));
	T(read(s[1], buf, 300));
	T(read(s[1], buf, 300));
	T(recv(s[1], buf, 300, MSG_TRUNC));
	write(s[0], "0123456789", 10);
	T(recv(s[1], buf, 4, MSG_TRUNC));
	close(s[0]), close(s[1]);
	T(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s));
	T(write(s[0], "abc", 3));
	T(write(s[0], "de", 2));
	T(read(s[1], buf, 300));
	T(read(s[1], buf, 300));
	close(s[0]);
	T(read(s[1], buf, 300));
	close(s[1]);

	/* options */
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	len = sizeof n;
	T(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &n, &len));
	T(n == SOCK_STREAM);
	T(getsockopt(s[0], SOL_SOCKET, SO_DOMAIN, &n, &len));
	T(n == AF_UNIX);
	T(getsockopt(s[0], SOL_SOCKET, SO_ERROR, &n, &len));
	T(n);
	T(getsockopt(s[0], SOL_SOCKET, SO_ACCEPTCONN, &n, &len));
	T(n);
	n = 1;
	T(setsockopt(s[0], SOL_SOCKET, SO_REUSEADDR, &n, sizeof n));
	T(setsockopt(s[0], SOL_SOCKET, 9999, &n, sizeof n));
	T(getsockopt(s[0], 9999, 1, &n, &len));
	struct ucred u;
	len = sizeof u;
	T(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &u, &len));
	B(u.pid == getpid() && u.uid == 0 && u.gid == 0);
	T(getsockopt(77, SOL_SOCKET, SO_TYPE, &n, &len));
	T(getsockopt(1, SOL_SOCKET, SO_TYPE, &n, &len));
	/* descriptors */
	put("f", "file text");
	int fd = open("f", O_RDONLY);
	T(send_fd(s[0], fd));
	close(fd);
	fd = recv_fd(s[1], 0);
	T(read(fd, buf, 300));
	out("%.9s", buf);
	T(send_fd(s[0], 99));
	T(send_fd(s[0], fd));
	close(fd);
	fd = recv_fd(s[1], MSG_CMSG_CLOEXEC);
	T(fcntl(fd, F_GETFD));
	close(fd);
	/* a plain read drops the descriptor */
	MUST(pipe((int *)buf));
	int r = ((int *)buf)[0], w = ((int *)buf)[1];
	T(send_fd(s[0], w));
	close(w);
	T(read(s[1], buf, 1));
	T(read(r, buf, 1));
	close(s[0]), close(s[1]);

	/* path names */
	l = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	len = address(&ad, "sock");
	T(connect(l, (void *)&ad, len));
	T(bind(l, (void *)&ad, len));
	struct stat st;
	stat("sock", &st);
	B(S_ISSOCK(st.st_mode));
	T(open("sock", O_RDWR));
	c = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	T(bind(c, (void *)&ad, len));
	T(connect(c, (void *)&ad, len));
	T(accept(l, 0, 0));
	T(listen(l, 5));
	T(getsockopt(l, SOL_SOCKET, SO_ACCEPTCONN, &n, &(socklen_t){sizeof n}));
	T(n);
	T(connect(c, (void *)&ad, len));
	T(connect(c, (void *)&ad, len));
	T(write(c, "early", 5));
	struct pollfd pf = {l, POLLIN, 0};
	T(poll(&pf, 1, 0));
	len = sizeof peer;
	a = T(accept(l, (void *)&peer, &len));
	T(len);
	T(read(a, buf, 300));
	len = sizeof peer;
	T(getpeername(c, (void *)&peer, &len));
	out("%d %s", (int)len, peer.sun_path);
	len = sizeof peer;
	T(getsockname(a, (void *)&peer, &len));
	out("%d %s", (int)len, peer.sun_path);
	len = sizeof peer;
	T(getsockname(c, (void *)&peer, &len));
	T(len);
	T(getpeername(l, (void *)&peer, &len));
	T(listen(c, 5));
	T(accept(c, 0, 0));
	T(write(l, "x", 1));
	T(read(l, buf, 1));
	close(a);
	T(read(c, buf, 1));
	close(c);
	fcntl(l, F_SETFL, O_NONBLOCK);
	T(accept4(l, 0, 0, SOCK_CLOEXEC));
	fcntl(l, F_SETFL, 0);
	if ((pid = fork()) == 0) {
		close(l);
		c = socket(AF_UNIX, SOCK_STREAM, 0);
		len = address(&ad, "sock");
		MUST(connect(c, (void *)&ad, len));
		len = sizeof u;
		getsockopt(c, SOL_SOCKET, SO_PEERCRED, &u, &len);
		write(c, "from child", 10);
		shutdown(c, SHUT_WR);
		n = read(c, buf, 300);
		_exit(n + (u.pid == getppid() ? 100 : 0));
	}
	a = T(accept4(l, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK) > 0) ? 0 : 0;
	for (a = 3; fcntl(a, F_GETFD) == -1 || a == l || a == r || !(fcntl(a, F_GETFL) & O_NONBLOCK); a++)
		;
	fcntl(a, F_SETFL, 0);
	len = sizeof u;
	getsockopt(a, SOL_SOCKET, SO_PEERCRED, &u, &len);
	B(u.pid == pid);
	T(read(a, buf, 300));
	T(read(a, buf, 300));
	T(write(a, "answer", 6));
	reap("client", pid);
	close(a), close(l);
	c = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	len = address(&ad, "sock");
	T(connect(c, (void *)&ad, len));
	unlink("sock");
	T(connect(c, (void *)&ad, len));
	len = address(&ad, "f");
	T(connect(c, (void *)&ad, len));
	T(bind(c, (void *)&ad, len));
	len = address(&ad, "none/sock");
	T(bind(c, (void *)&ad, len));
	ad.sun_family = AF_INET;
	T(connect(c, (void *)&ad, len));
	T(connect(c, (void *)&ad, 1));
	T(connect(c, (void *)&ad, 300));
	T(getpeername(c, (void *)&peer, &len));
	T(write(c, "x", 1));
	T(read(c, buf, 1));
	close(c);

	/* abstract names */
	l = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	memset(&ad, 0, sizeof ad);
	ad.sun_family = AF_UNIX;
	memcpy(ad.sun_path, "\0cloche", 7);
	len = offsetof(struct sockaddr_un, sun_path) + 7;
	T(bind(l, (void *)&ad, len));
	T(listen(l, 1));
	c = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	T(connect(c, (void *)&ad, len));
	T(access("cloche", F_OK));
	int c2 = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	T(bind(c2, (void *)&ad, len));
	close(l);
	T(connect(c2, (void *)&ad, len));
	T(read(c, buf, 1));
	close(c), close(c2);

	/* datagrams with names */
	l = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	c = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	len = address(&ad, "server");
	T(bind(l, (void *)&ad, len));
	T(sendto(c, "anon", 4, 0, (void *)&ad, len));
	peer.sun_family = 0, len = sizeof peer;
	T(recvfrom(l, buf, 300, 0, (void *)&peer, &len));
	T(len);
	struct sockaddr_un me;
	socklen_t mylen = address(&me, "client");
	T(bind(c, (void *)&me, mylen));
	len = address(&ad, "server");
	T(sendto(c, "named", 5, 0, (void *)&ad, len));
	len = sizeof peer;
	T(recvfrom(l, buf, 300, 0, (void *)&peer, &len));
	out("%d %s", (int)len, peer.sun_path);
	T(sendto(l, "reply", 5, 0, (void *)&peer, len));
	T(recv(c, buf, 300, 0));
	T(write(c, "x", 1));
	len = address(&ad, "server");
	T(connect(c, (void *)&ad, len));
	T(write(c, "x", 1));
	T(recv(l, buf, 300, 0));
	T(listen(l, 1));
	close(l);
	T(write(c, "x", 1));
	T(sendto(c, "x", 1, 0, (void *)&ad, len));
	unlink("server");
	T(sendto(c, "x", 1, 0, (void *)&ad, len));
	/* a full stream socket */
	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s));
	char *lot = calloc(1, 100000);
	int total = 0;
	while ((n = write(s[0], lot, 100000)) > 0)
		total += n;
	out("%s", ename(errno));
	B(total >= 100000);
	while ((n = read(s[1], lot, 100000)) > 0)
		total -= n;
	T(total);
	return 0;
}
