/* TCP and UDP between processes of one machine: tcp(7), udp(7), ip(7), ipv6(7), connect(2), accept(2), getsockopt(2). */
#include "t.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

static struct sockaddr_in v4(const char *host, int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
	inet_pton(AF_INET, host, &a.sin_addr);
	return a;
}

static int port_of(int fd)
{
	struct sockaddr_in6 a;
	socklen_t n = sizeof a;
	getsockname(fd, (void *)&a, &n);
	return ntohs(a.sin6_port);
}

static int so_error(int fd)
{
	int e = -1;
	socklen_t n = sizeof e;
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &n);
	return e;
}

static int events(int fd)
{
	struct pollfd p = {fd, POLLIN | POLLOUT | POLLRDHUP, 0};
	poll(&p, 1, 200);
	return p.revents;
}

#define X(value) out("%s = %#x", #value, value)
#define ADDR(a) (void *)&a, sizeof a

int main(void)
{
	int l, c, s, d, e, v, one = 1, status_;
	char b[64];
	struct sockaddr_in a, from;
	socklen_t n;
	signal(SIGPIPE, SIG_IGN);

	/* what there is */
	T(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
	T(socket(AF_INET, SOCK_SEQPACKET, 0));
	T(socket(77, SOCK_STREAM, 0));
	T(socketpair(AF_INET, SOCK_STREAM, 0, (int[2]){0, 0}));

	/* names */
	l = MUST(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	n = sizeof a;
	T(getsockname(l, (void *)&a, &n));
	B(n == 16 && a.sin_family == AF_INET && a.sin_port == 0 && a.sin_addr.s_addr == 0);
	a = v4("8.8.8.8", 1234);
	T(bind(l, ADDR(a)));
	a = v4("127.0.0.1", 0);
	T(bind(l, (void *)&a, 8));
	a.sin_family = AF_INET6;
	T(bind(l, ADDR(a)));
	a.sin_family = AF_INET;
	T(accept(l, 0, 0));
	T(bind(l, ADDR(a)));
	T(bind(l, ADDR(a)));
	B(port_of(l) >= 32768);
	T(listen(l, 1));
	T(connect(l, ADDR(a)));
	d = MUST(socket(AF_INET, SOCK_STREAM, 0));
	a = v4("127.0.0.1", port_of(l));
	T(bind(d, ADDR(a)));
	a = v4("0.0.0.0", port_of(l));
	T(bind(d, ADDR(a)));
	a = v4("127.0.0.2", port_of(l));
	T(bind(d, ADDR(a)));
	close(d);

	/* a connection */
	a = v4("127.0.0.1", port_of(l));
	c = MUST(socket(AF_INET, SOCK_STREAM, 0));
	X(events(c));
	T(send(c, "x", 1, 0));
	T(recv(c, b, 1, 0));
	T(getpeername(c, (void *)&from, &n));
	d = MUST(socket(AF_INET, SOCK_STREAM, 0));
	T(shutdown(d, SHUT_RDWR));
	T(send(d, "x", 1, 0));
	close(d);
	T(connect(c, ADDR(a)));
	T(connect(c, ADDR(a)));
	X(events(l));
	n = sizeof from;
	s = MUST(accept4(l, (void *)&from, &n, SOCK_NONBLOCK));
	B(n == 16 && from.sin_port == htons(port_of(c)) && from.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
	B(port_of(s) == port_of(l));
	n = sizeof from;
	T(getpeername(c, (void *)&from, &n));
	B(from.sin_port == a.sin_port);
	T(recv(s, b, 64, 0));
	T(send(c, "hello, world", 12, 0));
	X(events(s));
	T(recv(s, b, 5, MSG_PEEK));
	n = sizeof from;
	T(recvfrom(s, b, 5, 0, (void *)&from, &n));
	T(ioctl(s, FIONREAD, &v) == 0 && v == 7);
	T(read(s, b, 64));
	T(send(s, "", 0, 0));
	T(send(s, "abc", 3, 0));
	T(send(s, "defg", 4, 0));
	T(recv(c, b, 7, MSG_WAITALL));
	T(shutdown(c, SHUT_WR));
	T(send(c, "x", 1, 0));
	X(events(s));
	T(recv(s, b, 64, 0));
	T(send(s, "late", 4, 0));
	T(recv(c, b, 64, 0));
	T(close(s));
	X(events(c));
	T(recv(c, b, 64, 0));
	close(c);

	/* the end of the other one */
	c = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(connect(c, ADDR(a)));
	s = MUST(accept(l, 0, 0));
	close(s);
	X(events(c));
	T(recv(c, b, 1, 0));
	T(send(c, "1", 1, 0));
	nap(20);
	X(events(c));
	T(send(c, "2", 1, 0));
	close(c);
	c = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(connect(c, ADDR(a)));
	s = MUST(accept(l, 0, 0));
	MUST(send(c, "unread", 6, 0));
	nap(20);
	close(s);
	X(events(c));
	T(recv(c, b, 1, 0));
	T(recv(c, b, 1, 0));
	close(c);

	/* nobody there, and without waiting */
	c = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
	T(connect(c, ADDR(a)));
	X(events(c));
	T(so_error(c));
	T(connect(c, ADDR(a)));
	T(connect(c, ADDR(a)));
	T(accept(l, 0, 0) >= 0);
	close(c);
	close(l);
	c = MUST(socket(AF_INET, SOCK_STREAM, 0));
	T(connect(c, ADDR(a)));
	close(c);
	c = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
	T(connect(c, ADDR(a)));
	X(events(c));
	T(so_error(c) == ECONNREFUSED);
	T(so_error(c));
	close(c);

	/* between processes */
	l = MUST(socket(AF_INET, SOCK_STREAM, 0));
	T(setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one));
	a = v4("0.0.0.0", 0);
	MUST(bind(l, ADDR(a)));
	MUST(listen(l, 5));
	int port = port_of(l);
	pid_t pid = fork();
	if (pid == 0) {
		a = v4("127.1.2.3", port);
		c = MUST(socket(AF_INET, SOCK_STREAM, 0));
		MUST(connect(c, ADDR(a)));
		n = sizeof from;
		getsockname(c, (void *)&from, &n);
		MUST(write(c, "from a child", 12));
		_exit(read(c, b, 64));
	}
	s = MUST(accept(l, 0, 0));
	T(read(s, b, 64));
	T(write(s, "answer", 6));
	reap("client", pid);
	close(s), close(l);

	/* IPv6, and IPv4 at an IPv6 socket */
	struct sockaddr_in6 a6 = {.sin6_family = AF_INET6}, from6;
	l = MUST(socket(AF_INET6, SOCK_STREAM, 0));
	T(bind(l, (void *)&a6, 20));
	T(bind(l, ADDR(a6)));
	T(setsockopt(l, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one));
	T(listen(l, 5));
	port = port_of(l);
	a = v4("127.0.0.1", port);
	c = MUST(socket(AF_INET, SOCK_STREAM, 0));
	T(connect(c, ADDR(a)));
	n = sizeof from6;
	s = MUST(accept(l, (void *)&from6, &n));
	out("%d %s", (int)n, inet_ntop(AF_INET6, &from6.sin6_addr, b, sizeof b));
	close(s), close(c);
	a6.sin6_addr = in6addr_loopback, a6.sin6_port = htons(port);
	c = MUST(socket(AF_INET6, SOCK_STREAM, 0));
	T(connect(c, ADDR(a6)));
	n = sizeof from6;
	s = MUST(accept(l, (void *)&from6, &n));
	out("%d %s", (int)n, inet_ntop(AF_INET6, &from6.sin6_addr, b, sizeof b));
	close(s), close(c), close(l);

	/* UDP */
	s = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	c = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	X(events(s));
	T(send(c, "x", 1, 0));
	a = v4("127.0.0.1", 0);
	T(bind(s, ADDR(a)));
	T(listen(s, 1));
	a.sin_port = htons(port_of(s));
	T(recv(s, b, 64, MSG_DONTWAIT));
	T(sendto(c, "one", 3, 0, ADDR(a)));
	T(sendto(c, "", 0, 0, ADDR(a)));
	T(sendto(c, "three", 5, 0, ADDR(a)));
	X(events(s));
	n = sizeof from;
	T(recvfrom(s, b, 64, 0, (void *)&from, &n));
	B(n == 16 && from.sin_port == htons(port_of(c)) && from.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
	T(recv(s, b, 64, 0));
	T(recv(s, b, 2, MSG_TRUNC));
	T(connect(c, ADDR(a)));
	T(send(c, "four", 4, 0));
	T(recv(s, b, 64, 0));
	T(sendto(s, "back", 4, 0, ADDR(from)));
	T(recv(c, b, 64, 0));
	static char big[70000];
	T(send(c, big, sizeof big, 0));
	close(s);
	T(send(c, "five", 4, 0));
	nap(20);
	X(events(c));
	T(send(c, "six", 3, 0));
	T(recv(c, b, 64, MSG_DONTWAIT));
	close(c);

	/* options */
	c = MUST(socket(AF_INET, SOCK_STREAM, 0));
	n = sizeof v;
	T(getsockopt(c, SOL_SOCKET, SO_TYPE, &v, &n) == 0 && v == SOCK_STREAM);
	T(getsockopt(c, SOL_SOCKET, SO_DOMAIN, &v, &n) == 0 && v == AF_INET);
	T(getsockopt(c, SOL_SOCKET, SO_PROTOCOL, &v, &n) == 0 && v == IPPROTO_TCP);
	T(getsockopt(c, SOL_SOCKET, SO_ACCEPTCONN, &v, &n) == 0 && v == 0);
	T(setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one));
	T(getsockopt(c, IPPROTO_TCP, TCP_NODELAY, &v, &n) == 0 && v == 1);
	T(setsockopt(c, SOL_SOCKET, SO_KEEPALIVE, &one, 2));
	T(setsockopt(c, SOL_SOCKET, 9999, &one, sizeof one));
	T(setsockopt(0, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one));
	T(setsockopt(c, SOL_SOCKET, SO_RCVBUF, &(int){8192}, sizeof v));
	T(getsockopt(c, SOL_SOCKET, SO_RCVBUF, &v, &n) == 0 && v == 16384);
	struct timeval tv = {0, 30000};
	d = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	T(setsockopt(d, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv));
	a = v4("127.0.0.1", 0);
	MUST(bind(d, ADDR(a)));
	T(recv(d, b, 1, 0));
	T(setsockopt(d, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one));
	T(shutdown(d, 3));
	T(shutdown(d, SHUT_WR));
	return 0;
}
