/* SPDX-License-Identifier: BSD-3-Clause */
/* peer.c: who is at the other end of a session's socket, as the kernel knows it. */
#include "peer.h"

#include <errno.h>
#include <stdlib.h>

int peer_address (const struct session *s, struct sockaddr *address, socklen_t *size) {
    if (!s || s->socket < 0)
        return -ENOTCONN;
    return getpeername (s->socket, address, size) < 0 ? -errno : 0;
}

int peer_credentials (const struct session *s, struct ucred *who) {
    socklen_t n = sizeof *who;

    if (!s || s->socket < 0)
        return -ENOTCONN;
    if (getsockopt (s->socket, SOL_SOCKET, SO_PEERCRED, who, &n) < 0)
        return -errno;
    return who->pid > 0 ? 0 : -EOPNOTSUPP; /* not a Unix socket */
}

int peer_label (const struct session *s, char **label) {
    socklen_t n = 256;
    char *text = NULL;

    if (!s || s->socket < 0)
        return -ENOTCONN;
    for (;;) {
        char *more = realloc (text, n + 1);
        if (!more) {
            free (text);
            return -ENOMEM;
        }
        text = more;
        if (getsockopt (s->socket, SOL_SOCKET, SO_PEERSEC, text, &n) == 0)
            break;
        if (errno != ERANGE) { /* else n is what it takes */
            int number = errno;
            free (text);
            return -number;
        }
    }
    text[n] = '\0';
    *label = text;
    return 0;
}
