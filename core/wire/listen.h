/* SPDX-License-Identifier: BSD-3-Clause */
/* listen.h: making listening sockets.
 *
 * A listener is bound before the server is ready and removed when it ends; its socket
 * file goes away with it.  A socket file that nobody listens to any more is replaced; a
 * live one is an error. */
#ifndef STELE_LISTEN_H
#define STELE_LISTEN_H

#include <stdbool.h>

#include "../error.h"

enum listen_kind { LISTEN_UNIX, LISTEN_TCP, LISTEN_VSOCK, LISTEN_FD };

struct listener {
    enum listen_kind kind;
    char *path;        /* LISTEN_UNIX: absolute; owned */
    char *folder;      /* LISTEN_UNIX: a private folder to remove as well, or NULL; owned */
    char *host, *port; /* LISTEN_TCP: NULL for all interfaces, a name or number; owned */
    int family;        /* LISTEN_TCP: AF_UNSPEC, AF_INET or AF_INET6 */
    const char *label; /* SELinux label of the socket, or NULL */
    int fd[16];        /* bound sockets; -1 from n on */
    unsigned n;
    struct listener *next;
};

/* Bind and listen.  With port "0" the kernel chooses one, the same for every family, and
 * `port` is replaced by what it chose.  0 or -errno with a sentence; on failure nothing
 * stays bound. */
int listener_bind (struct listener *, struct error *);

/* A private socket in a fresh folder of mode 0700: fills in kind, path and folder. */
int listener_private (struct listener *, struct error *);

/* Close what is still open, remove the socket file (and folder), free the strings.  The
 * process that bound it does this; a forked child only closes. */
void listener_remove (struct listener *);

#endif
