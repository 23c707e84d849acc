/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exit: the status signet-worker leaves with, for signetd's log and people.
 */
#ifndef SIGNET_PKCS11_EXIT_H
#define SIGNET_PKCS11_EXIT_H

enum p11_exit {
	P11_EXIT_END = 0,    /* signetd closed the socket */
	P11_EXIT_START = 1,  /* the start failed; a WIRE_FAIL or the log says */
	P11_EXIT_USAGE = 2,  /* started by hand */
	P11_EXIT_BROKEN = 3, /* signetd broke the protocol, or no memory */
	P11_EXIT_CHILD = 4,  /* a child that the module forked came back */
};

#endif
