/* SPDX-License-Identifier: BSD-3-Clause */
/* wire.h: the NBD side of a server: who may connect, and what they are served.
 *
 * The wire knows devices through device.h and everything else through struct service:
 * a server's chain of plugins, or at the prompt a single device.  Several wires may live
 * in one process, on one pool. */
#ifndef STELE_WIRE_H
#define STELE_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "../device.h"
#include "../exports.h"
#include "../host.h"
#include "../session.h"

/* What a connection asks of whoever it serves.  Each function may be called from any
 * thread of the pool, several at once, and may wait; OF is passed on. */
struct service {
    struct host *host;
    void *of;
    int (*preconnect) (void *of, const struct session *, struct error *);
    int (*list_exports) (void *of, const struct session *, struct exports *, struct error *);
    int (*default_export) (void *of, const struct session *, char **name, struct error *);
    struct device *(*open) (void *of, const struct session *, struct error *);
};

/* Constant while the wire lives. */
struct wire_options {
    bool oldstyle;             /* -o */
    bool readonly;             /* -r: no export may be written */
    bool no_structured;        /* --no-sr */
    bool no_meta_contexts;     /* --no-mc */
    bool keepalive;            /* SO_KEEPALIVE on TCP */
    bool one_at_a_time;        /* thread model serialize_connections: the next client waits */
    uint16_t mask_handshake;   /* of the handshake flags; 0xffff shows all */
    uint64_t handshake_ns;     /* --timeout: a handshake may take so long; 0: no limit */
    unsigned max_connections;  /* 0: as many as there are descriptors */
};

struct wire;

/* SERVICE and what it points to outlive the wire.  NULL when out of memory. */
struct wire *wire_new (const struct service *, const struct wire_options *);

/* Accept from a listening socket, which the wire takes over, as soon as it is started. */
int wire_listen (struct wire *, int fd, struct error *);
int wire_start (struct wire *, struct error *);

/* Serve one client that is connected already, over a socket or two pipes; the descriptors
 * are taken over.  WHEN_ENDED runs on some thread when it has left; may be NULL. */
int wire_serve (struct wire *, int in, int out, void (*when_ended) (void *), void *of,
                struct error *);

/* Accept nobody more, finish what is in flight, after GRACE_NS drop the rest.  Returns
 * when every connection has ended and its device is closed. */
void wire_stop (struct wire *, uint64_t grace_ns);
void wire_free (struct wire *); /* stopped */

unsigned wire_connections (struct wire *); /* how many there are now */

#endif
