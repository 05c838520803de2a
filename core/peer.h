/* SPDX-License-Identifier: BSD-3-Clause */
/* peer.h: who is at the other end of a session's socket.
 *
 * The kernel is asked each time.  SESSION may be NULL, and is without a socket outside of a
 * connection: the answer is then -ENOTCONN.  Any thread. */
#ifndef STELE_PEER_H
#define STELE_PEER_H

#include "session.h"

struct ucred;

/* As getpeername.  0 or -errno. */
int peer_address (const struct session *, struct sockaddr *, socklen_t *size);

/* Process, user and group of who connected to a Unix socket.  0 or -errno. */
int peer_credentials (const struct session *, struct ucred *);

/* The label that a security module gave to a client on a Unix socket; malloc'ed.  0 or -errno.
 */
int peer_label (const struct session *, char **label);

#endif
