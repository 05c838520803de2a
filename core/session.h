/* SPDX-License-Identifier: BSD-3-Clause */
/* session.h: who is asking.
 *
 * What a script may know of the client that it is called for.  Made by the connection,
 * constant from `open` on, and outlives every device that was opened for it. */
#ifndef STELE_SESSION_H
#define STELE_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct session {
    uint64_t number;         /* of the connection, from 1; 0 without one */
    const char *export_name; /* as the client wrote it; "" for the default */
    bool readonly;           /* -r was given */
    bool tls;                /* the connection is encrypted */
    int socket;              /* of the client, to ask who it is; -1 without one */
    bool asks;               /* the client only asks about the export: perhaps it will want it */
    bool *asks_noticed;      /* `open` sets it: it did something else then, and wants to be
                                called again when the client wants the export; or NULL */

    /* Drop the connection: at once (FORCE) or when its replies are sent.  NULL without one. */
    void (*disconnect) (const struct session *, bool force);
    void *connection; /* for disconnect, which may be given a copy of the session */
};

#endif
