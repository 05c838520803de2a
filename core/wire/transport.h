/* SPDX-License-Identifier: BSD-3-Clause */
/* transport.h: how bytes come in and go out, and nothing of what they mean.
 *
 * A socket, two pipes or files, or what a test makes up; TLS is one over another.  Never
 * waits.  Used by the owner of the connection's turn, but for transport_hangup. */
#ifndef STELE_TRANSPORT_H
#define STELE_TRANSPORT_H

#include <stdbool.h>
#include <sys/types.h>
#include <sys/uio.h>

struct transport;

struct transport_type {
    const char *name;

    /* Bytes moved; 0 from recvv is the end; -EAGAIN nothing now; -errno it is broken. */
    ssize_t (*recvv) (struct transport *, const struct iovec *, int n);
    ssize_t (*sendv) (struct transport *, const struct iovec *, int n);

    /* Tell the other side that this is the end.  Any thread. */
    void (*hangup) (struct transport *);
    void (*close) (struct transport *);

    bool short_is_all; /* fewer bytes than asked for: there are no more just now */
    bool half_closes;  /* no more will come, yet replies may be read */
    bool can_look;     /* asking again at once is cheap and may help */
};

struct transport {
    const struct transport_type *type;
    int in, out;             /* descriptors to watch, -1 for none; may be one and the same */
    bool is_socket;          /* IN is one */
    int in_flags, out_flags; /* what the descriptors' flags were, to restore them */
    void *of;                /* the type's own */
};

extern const struct transport_type transport_socket, transport_pipes;

/* Over a connected socket, or two descriptors of any kind (inetd's are one socket under
 * two numbers); takes them over. */
void transport_open (struct transport *, int in, int out);

/* Is nobody there any more?  Asks the kernel; false where it cannot tell. */
bool transport_is_gone (const struct transport *);

#endif
