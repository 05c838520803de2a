/* SPDX-License-Identifier: BSD-3-Clause */
/* handshake.c: the start of a conversation, newstyle or oldstyle.  The old style has no
 * more than this: the export is told, and requests follow. */
#include "handshake.h"

#include <string.h>

#include "connection.h"
#include "export.h"
#include "nbd.h"

enum { ZEROES = 124 }; /* reserved bytes after the export's size and flags */

static uint16_t server_flags (const struct connection *c) {
    return (NBD_FLAG_FIXED_NEWSTYLE | NBD_FLAG_NO_ZEROES) & c->common->options.mask_handshake;
}

static uint8_t *add (struct connection *c, size_t n) {
    uint8_t *p = output_add (&c->output, n);

    if (p)
        return p;
    connection_error (c, "out of memory");
    connection_stop (c);
    return NULL;
}

static void greet_newstyle (struct connection *c) {
    void *p = add (c, 18);

    if (!p)
        return;
    p = store64 (p, NBD_MAGIC);
    p = store64 (p, NBD_OPTS_MAGIC);
    store16 (p, server_flags (c));
    step_next (c, STEP_CLIENT_FLAGS);
}

/* "Oldstyle negotiation": its 32 bits of flags are handshake flags, of which there are
 * none, and transmission flags. */
static void greet_oldstyle (struct connection *c) {
    struct error error = {0};
    void *p;

    if (export_open (c, "", &error) < 0) {
        connection_failure (c, &error);
        connection_stop (c);
        return;
    }
    if (!(p = add (c, 28 + ZEROES)))
        return;
    p = store64 (p, NBD_MAGIC);
    p = store64 (p, NBD_OLDSTYLE_MAGIC);
    p = store64 (p, c->device->facts.get_size);
    p = store32 (p, export_flags (c));
    memset (p, 0, ZEROES);
    export_enter (c);
}

enum took handshake_start (struct connection *c, const uint8_t *bytes) {
    const struct service *service = c->common->service;
    struct error error = {0};
    int r = 0;

    (void) bytes;
    if (service->preconnect)
        r = service->preconnect (service->of, &c->session, &error);
    if (r == 0)
        r = connection_started (c);
    if (r < 0) {
        error_set (&error, -r, "%s", strerror (-r));
        connection_failure (c, &error);
        connection_stop (c);
    } else if (c->common->options.oldstyle) {
        greet_oldstyle (c);
    } else {
        greet_newstyle (c);
    }
    return STEP_TAKEN;
}

/* A flag that was not offered ends the connection: "Client flags". */
enum took handshake_client_flags (struct connection *c, const uint8_t *bytes) {
    c->client_flags = load32 (bytes);
    input_pass (&c->input, 4);
    if (c->client_flags & ~(uint32_t) server_flags (c)) {
        connection_error (c, "unknown client flags %#x", c->client_flags);
        connection_stop (c);
    }
    step_next (c, STEP_OPTION);
    return STEP_TAKEN;
}

void handshake_send_export (struct connection *c) {
    size_t zeroes = c->client_flags & NBD_FLAG_NO_ZEROES ? 0 : ZEROES;
    void *p = add (c, 10 + zeroes);

    if (!p)
        return;
    p = store64 (p, c->device->facts.get_size);
    p = store16 (p, export_flags (c));
    memset (p, 0, zeroes);
    export_enter (c);
}
