/* SPDX-License-Identifier: BSD-3-Clause */
/* info.c: the options INFO and GO: an export is opened and told about, and GO enters it. */
#include "info.h"

#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "export.h"
#include "nbd.h"
#include "negotiate.h"

static bool send_export (struct connection *c) {
    void *p = negotiate_reply (c, NBD_REP_INFO, 12);

    if (!p)
        return false;
    p = store16 (p, NBD_INFO_EXPORT);
    p = store64 (p, c->device->facts.get_size);
    store16 (p, export_flags (c));
    return true;
}

static bool send_text (struct connection *c, uint16_t type, const char *text) {
    size_t n = strlen (text);
    uint8_t *p;

    if (n > NBD_MAX_STRING)
        return true; /* it cannot be said */
    if (!(p = negotiate_reply (c, NBD_REP_INFO, 2 + n)))
        return false;
    memcpy (store16 (p, type), text, n);
    return true;
}

static bool send_name (struct connection *c) {
    char *canonical = c->export_name[0] ? NULL : export_default (c);
    bool ok = send_text (c, NBD_INFO_NAME, canonical ? canonical : c->export_name);

    free (canonical);
    return ok;
}

static bool send_description (struct connection *c) {
    const char *text = c->device->facts.export_description;

    return !text || send_text (c, NBD_INFO_DESCRIPTION, text);
}

/* "Block size constraints": a device that has none says nothing. */
static bool send_block_size (struct connection *c) {
    const struct block_size *b = &c->device->facts.block_size;
    void *p;

    if (b->minimum == 0)
        return true;
    if (!(p = negotiate_reply (c, NBD_REP_INFO, 14)))
        return false;
    p = store16 (p, NBD_INFO_BLOCK_SIZE);
    p = store32 (p, b->minimum);
    p = store32 (p, b->preferred);
    store32 (p, b->maximum < REQUEST_COUNT_MAX ? b->maximum : REQUEST_COUNT_MAX);
    return true;
}

/* By number; the block size is told also when nobody asks. */
static bool (*const senders[]) (struct connection *) = {
    [NBD_INFO_NAME] = send_name,
    [NBD_INFO_DESCRIPTION] = send_description,
};

static bool send_all (struct connection *c, struct reader *r) {
    bool told[sizeof senders / sizeof senders[0]] = {false};
    uint16_t type;

    if (!send_export (c) || !send_block_size (c))
        return false;
    while (read16 (r, &type)) {
        if (type >= sizeof senders / sizeof senders[0] || !senders[type] || told[type])
            continue;
        if (!senders[type](c))
            return false;
        told[type] = true;
    }
    return true;
}

static bool read_name (struct reader *r, char **name) {
    const char *text;
    uint32_t n;
    uint16_t requests;

    if (!read_string (r, &text, &n) || !read16 (r, &requests) || r->left != requests * 2u)
        return false;
    return (*name = read_copy (text, n));
}

void info_option (struct connection *c, const uint8_t *data, uint32_t n) {
    struct reader r = {data, n};
    struct error error = {0};
    char *name = NULL;

    if (!read_name (&r, &name)) {
        negotiate_error (c, NBD_REP_ERR_INVALID, "the request for information is malformed");
    } else if (export_open (c, name, &error) < 0) {
        negotiate_error (c, NBD_REP_ERR_UNKNOWN, "%s", error.text);
    } else if (send_all (c, &r)) {
        negotiate_ack (c);
        if (c->option == NBD_OPT_GO && c->is_reading)
            export_enter (c);
    }
    free (name);
}
