/* SPDX-License-Identifier: BSD-3-Clause */
/* export.c: the device that a client has asked for. */
#include "export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "meta_context.h"
#include "nbd.h"

void export_close (struct connection *c) {
    device_unref (c->device);
    c->device = NULL;
    c->session.export_name = "";
    free (c->export_name);
    c->export_name = NULL;
    c->asks_noticed = false;
}

/* GO, EXPORT_NAME and a client of the old style want it. */
static bool only_asks (const struct connection *c) {
    return c->option == NBD_OPT_INFO || c->option == NBD_OPT_LIST_META_CONTEXT ||
           c->option == NBD_OPT_SET_META_CONTEXT;
}

int export_open (struct connection *c, const char *name, struct error *error) {
    const struct service *service = c->common->service;

    if (c->device && strcmp (c->export_name, name) == 0 && (!c->asks_noticed || only_asks (c)))
        return 0;
    export_close (c);
    if (!(c->export_name = strdup (name)))
        return error_set (error, ENOMEM, "out of memory");
    c->session.export_name = c->export_name;
    c->session.asks = only_asks (c);
    c->session.asks_noticed = &c->asks_noticed;
    if (!(c->device = service->open (service->of, &c->session, error))) {
        export_close (c);
        return error_set (error, EIO, "the export '%s' cannot be opened", name);
    }
    return 0;
}

char *export_default (struct connection *c) {
    const struct service *service = c->common->service;
    char *name = NULL;

    if (!service->default_export ||
        service->default_export (service->of, &c->session, &name, NULL) < 0)
        return NULL;
    if (name && strlen (name) > NBD_MAX_STRING) {
        free (name);
        name = NULL;
    }
    return name;
}

/* Which flag says what. */
static uint16_t flag (bool is_set, uint16_t bit) {
    return is_set ? bit : 0;
}

static uint16_t writing_flags (const struct facts *f) {
    return flag (!f->hides_zero, NBD_FLAG_SEND_WRITE_ZEROES) |
           flag (f->can_trim, NBD_FLAG_SEND_TRIM) |
           flag (f->can_fua != SUPPORT_NONE, NBD_FLAG_SEND_FUA) |
           flag (f->can_fast_zero && !f->hides_zero, NBD_FLAG_SEND_FAST_ZERO);
}

uint16_t export_flags (const struct connection *c) {
    const struct facts *f = &c->device->facts;
    bool may_write = f->can_write && !c->common->options.readonly;

    return (uint16_t) (NBD_FLAG_HAS_FLAGS |
                       (may_write ? writing_flags (f) : NBD_FLAG_READ_ONLY) |
                       flag (f->can_flush, NBD_FLAG_SEND_FLUSH) |
                       flag (f->is_rotational, NBD_FLAG_ROTATIONAL) |
                       flag (f->can_multi_conn, NBD_FLAG_CAN_MULTI_CONN) |
                       flag (f->can_cache != SUPPORT_NONE, NBD_FLAG_SEND_CACHE) |
                       flag (c->style != REPLY_SIMPLE, NBD_FLAG_SEND_DF) |
                       flag (c->style == REPLY_EXTENDED && contexts_apply (c),
                             NBD_FLAG_BLOCK_STAT_PAYLOAD));
}

void export_enter (struct connection *c) {
    if (!contexts_apply (c))
        contexts_clear (&c->contexts);
    c->flags = export_flags (c);
    connection_debug (c, "serving the export '%s' of %ju bytes, flags %#x", c->export_name,
                      (uintmax_t) c->device->facts.get_size, c->flags);
    connection_negotiated (c);
    step_next (c, c->style == REPLY_EXTENDED ? STEP_EXTENDED_REQUEST : STEP_REQUEST);
}
