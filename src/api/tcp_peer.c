/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp_peer: who is at the other end of a connection over the loopback.
 *
 * A TCP socket does not tell its peer's user, but both ends are here: the
 * kernel is asked for the socket that has our two addresses the other way
 * round.  One request, one answer, no wait: netlink answers in the call.
 */
#include "api/tcp_peer.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/peer.h"
#include "base/err.h"
#include "base/fd.h"

/* One message of one socket, with attributes that nobody asked for. */
#define TCP_PEER_ANSWER 1024

struct tcp_peer_request {
	struct nlmsghdr head;
	struct inet_diag_req_v2 diag;
};

static void put_address(const struct sockaddr_storage *a, uint32_t *out,
			uint16_t *port)
{
	struct sockaddr_in6 six;
	struct sockaddr_in four;

	if (a->ss_family == AF_INET) {
		memcpy(&four, a, sizeof(four));
		memcpy(out, &four.sin_addr, sizeof(four.sin_addr));
		*port = four.sin_port;
		return;
	}
	memcpy(&six, a, sizeof(six));
	memcpy(out, &six.sin6_addr, sizeof(six.sin6_addr));
	*port = six.sin6_port;
}

/* The socket of the other end: its source is our peer. */
static int tcp_peer_request(int fd, struct tcp_peer_request *out)
{
	struct sockaddr_storage ours = { 0 }, theirs = { 0 };
	socklen_t ours_len = sizeof(ours), theirs_len = sizeof(theirs);
	struct inet_diag_sockid *id = &out->diag.id;

	if (getsockname(fd, (struct sockaddr *)&ours, &ours_len) != 0 ||
	    getpeername(fd, (struct sockaddr *)&theirs, &theirs_len) != 0)
		return -1;
	if (ours.ss_family != AF_INET && ours.ss_family != AF_INET6)
		return -1;
	*out = (struct tcp_peer_request){
		.head = { .nlmsg_len = sizeof(*out),
			  .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			  .nlmsg_flags = NLM_F_REQUEST },
		.diag = { .sdiag_family = (uint8_t)ours.ss_family,
			  .sdiag_protocol = IPPROTO_TCP,
			  .idiag_states = ~0u },
	};
	put_address(&theirs, id->idiag_src, &id->idiag_sport);
	put_address(&ours, id->idiag_dst, &id->idiag_dport);
	id->idiag_cookie[0] = INET_DIAG_NOCOOKIE;
	id->idiag_cookie[1] = INET_DIAG_NOCOOKIE;
	return 0;
}

/* Only an answer about exactly that socket counts. */
static bool tcp_peer_answer(int netlink, const struct inet_diag_sockid *asked,
			    uid_t *uid)
{
	struct inet_diag_msg found;
	char text[TCP_PEER_ANSWER];
	struct nlmsghdr head;
	ssize_t got = recv(netlink, text, sizeof(text), 0);

	if (got < (ssize_t)(sizeof(head) + sizeof(found)))
		return false;
	memcpy(&head, text, sizeof(head));
	memcpy(&found, text + NLMSG_HDRLEN, sizeof(found));
	if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    found.id.idiag_sport != asked->idiag_sport ||
	    found.id.idiag_dport != asked->idiag_dport ||
	    memcmp(found.id.idiag_src, asked->idiag_src,
		   sizeof(found.id.idiag_src)) != 0 ||
	    memcmp(found.id.idiag_dst, asked->idiag_dst,
		   sizeof(found.id.idiag_dst)) != 0)
		return false;
	*uid = found.idiag_uid;
	return true;
}

static int tcp_peer_uid(int fd, uid_t *uid, struct error *e)
{
	struct tcp_peer_request request;
	AUTO(fd_closep) int netlink = -1;

	if (tcp_peer_request(fd, &request) != 0)
		return error_set_errno(e, ERR_CALLER_UNKNOWN, errno,
				       "the addresses of a connection");
	netlink = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			 NETLINK_SOCK_DIAG);
	if (netlink < 0 ||
	    send(netlink, &request, sizeof(request), 0) !=
		    (ssize_t)sizeof(request))
		return error_set_errno(e, ERR_CALLER_UNKNOWN, errno,
				       "the kernel does not tell whose a"
				       " connection is (sock_diag)");
	if (!tcp_peer_answer(netlink, &request.diag.id, uid))
		return error_set(e, ERR_CALLER_UNKNOWN, "the kernel does not"
				 " know whose a connection is");
	return 0;
}

int tcp_peer_identify(int fd, struct caller *out, struct error *e)
{
	uid_t uid = (uid_t)-1;
	int r = tcp_peer_uid(fd, &uid, e);

	memset(out, 0, sizeof(*out));
	out->uid = uid;
	if (r == 0 && uid != geteuid())
		r = error_set(e, ERR_CALLER_UNKNOWN,
			      "user %u came over the loopback, which is for"
			      " user %u", (unsigned)uid, (unsigned)geteuid());
	if (r == 0)
		peer_ourselves(out);
	return r;
}
