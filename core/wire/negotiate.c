/* SPDX-License-Identifier: BSD-3-Clause */
/* negotiate.c: options.
 *
 * Each row of the table is an option: whether it carries data, and what is done.  What is
 * not in the table is answered as the protocol asks, so that newer clients can fall back. */
#include "negotiate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "export.h"
#include "handshake.h"
#include "info.h"
#include "meta_context.h"
#include "nbd.h"

bool read16 (struct reader *r, uint16_t *value) {
    if (r->left < 2)
        return false;
    *value = load16 (r->at);
    r->at += 2;
    r->left -= 2;
    return true;
}

bool read32 (struct reader *r, uint32_t *value) {
    if (r->left < 4)
        return false;
    *value = load32 (r->at);
    r->at += 4;
    r->left -= 4;
    return true;
}

bool read_string (struct reader *r, const char **text, uint32_t *n) {
    if (!read32 (r, n) || *n > NBD_MAX_STRING || *n > r->left || memchr (r->at, 0, *n))
        return false;
    *text = (const char *) r->at;
    r->at += *n;
    r->left -= *n;
    return true;
}

char *read_copy (const char *text, uint32_t n) {
    char *copy = malloc (n + 1);

    if (copy) {
        memcpy (copy, text, n);
        copy[n] = 0;
    }
    return copy;
}

uint8_t *negotiate_reply (struct connection *c, uint32_t type, size_t n) {
    void *p = output_add (&c->output, NBD_OPTION_REPLY_SIZE + n);

    if (!p) {
        connection_error (c, "out of memory");
        connection_stop (c);
        return NULL;
    }
    p = store64 (p, NBD_REP_MAGIC);
    p = store32 (p, c->option);
    p = store32 (p, type);
    return store32 (p, (uint32_t) n);
}

void negotiate_ack (struct connection *c) {
    negotiate_reply (c, NBD_REP_ACK, 0);
}

void negotiate_error (struct connection *c, uint32_t type, const char *format, ...) {
    char text[600];
    va_list args;
    uint8_t *p;

    va_start (args, format);
    vsnprintf (text, sizeof text, format, args);
    va_end (args);
    connection_debug (c, "option %u: %s", c->option, text);
    if ((p = negotiate_reply (c, type, strlen (text))))
        memcpy (p, text, strlen (text));
}

static void opt_export_name (struct connection *c, const uint8_t *data, uint32_t n) {
    struct error error = {0};
    char *name = NULL;

    /* There is no way to send an error: "MUST terminate the session". */
    if (n > NBD_MAX_STRING || memchr (data, 0, n))
        error_set (&error, EINVAL, "the export name is malformed");
    else if (c->style == REPLY_EXTENDED)
        error_set (&error, EINVAL, "extended headers do not go with EXPORT_NAME");
    else if (!(name = read_copy ((const char *) data, n)))
        error_set (&error, ENOMEM, "out of memory");
    else if (export_open (c, name, &error) == 0)
        handshake_send_export (c);
    free (name);
    if (error.number) {
        connection_failure (c, &error);
        connection_stop (c);
    }
}

static void opt_abort (struct connection *c, const uint8_t *data, uint32_t n) {
    (void) data, (void) n;
    negotiate_ack (c);
    connection_stop (c);
}

static bool send_server (struct connection *c, const struct export *e) {
    size_t name = strlen (e->name), more = e->description ? strlen (e->description) : 0;
    void *p;

    if (name > NBD_MAX_STRING || more > NBD_MAX_STRING)
        return true; /* it cannot be said */
    if (!(p = negotiate_reply (c, NBD_REP_SERVER, 4 + name + more)))
        return false;
    p = store32 (p, (uint32_t) name);
    memcpy (p, e->name, name);
    if (more)
        memcpy ((char *) p + name, e->description, more);
    return true;
}

static void opt_list (struct connection *c, const uint8_t *data, uint32_t n) {
    const struct service *service = c->common->service;
    struct exports exports = {0};
    struct error error = {0};
    size_t i = 0;

    (void) data, (void) n;
    if (service->list_exports (service->of, &c->session, &exports, &error) < 0) {
        negotiate_error (c, NBD_REP_ERR_POLICY, "%s",
                         error.number ? error.text : "the exports cannot be listed");
    } else {
        while (i < exports.n && send_server (c, &exports.v[i]))
            i++;
        if (i == exports.n)
            negotiate_ack (c);
    }
    exports_clear (&exports);
}

static void opt_starttls (struct connection *c, const uint8_t *data, uint32_t n) {
    (void) data, (void) n;
    negotiate_error (c, NBD_REP_ERR_UNSUP, "TLS is not offered");
}

static void choose_style (struct connection *c, enum reply_style style) {
    if (c->common->options.no_structured)
        negotiate_error (c, NBD_REP_ERR_UNSUP, "only simple replies are offered");
    else if (c->style == REPLY_EXTENDED && style == REPLY_STRUCTURED)
        negotiate_error (c, NBD_REP_ERR_EXT_HEADER_REQD,
                         "extended headers have been negotiated already");
    else if (c->style == style)
        negotiate_error (c, NBD_REP_ERR_INVALID, "this has been negotiated already");
    else {
        c->style = style;
        negotiate_ack (c);
    }
}

static void opt_structured (struct connection *c, const uint8_t *data, uint32_t n) {
    (void) data, (void) n;
    choose_style (c, REPLY_STRUCTURED);
}

static void opt_extended (struct connection *c, const uint8_t *data, uint32_t n) {
    (void) data, (void) n;
    choose_style (c, REPLY_EXTENDED);
}

static const struct option {
    uint32_t number;
    bool is_empty; /* it carries no data */
    void (*run) (struct connection *, const uint8_t *data, uint32_t n);
} options[] = {
    {NBD_OPT_EXPORT_NAME, false, opt_export_name},
    {NBD_OPT_ABORT, false, opt_abort},
    {NBD_OPT_LIST, true, opt_list},
    {NBD_OPT_STARTTLS, true, opt_starttls},
    {NBD_OPT_INFO, false, info_option},
    {NBD_OPT_GO, false, info_option},
    {NBD_OPT_STRUCTURED_REPLY, true, opt_structured},
    {NBD_OPT_LIST_META_CONTEXT, false, meta_context_list},
    {NBD_OPT_SET_META_CONTEXT, false, meta_context_set},
    {NBD_OPT_EXTENDED_HEADERS, true, opt_extended},
};

static const struct option *find (uint32_t number) {
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (options[i].number == number)
            return &options[i];
    return NULL;
}

/* Why this option cannot even be looked at, or NULL. */
static const char *objection (struct connection *c, const uint8_t *bytes) {
    if (load64 (bytes) != NBD_OPTS_MAGIC)
        return "an option does not begin with IHAVEOPT";
    if (++c->options > CONNECTION_OPTIONS)
        return "there are too many options";
    if (!(c->client_flags & NBD_FLAG_FIXED_NEWSTYLE) && c->option != NBD_OPT_EXPORT_NAME)
        return "without fixed newstyle there is only EXPORT_NAME";
    if (c->option_length > OPTION_SKIP_MAX ||
        (c->option_length > OPTION_DATA_MAX && c->option == NBD_OPT_EXPORT_NAME))
        return "an option's data is far too long";
    return NULL;
}

enum took negotiate_option (struct connection *c, const uint8_t *bytes) {
    const char *why;

    if (c->output.bytes > CONNECTION_UNSENT)
        return STEP_STALLED;
    c->option = load32 (bytes + 8);
    c->option_length = load32 (bytes + 12);
    if ((why = objection (c, bytes))) {
        connection_error (c, "%s", why);
        connection_stop (c);
        return STEP_TAKEN;
    }
    input_pass (&c->input, NBD_OPTION_SIZE);
    if (!find (c->option)) {
        c->input.skip = c->option_length;
        negotiate_error (c, NBD_REP_ERR_UNSUP, "option %u is not known here", c->option);
    } else if (c->option_length > OPTION_DATA_MAX) {
        c->input.skip = c->option_length;
        negotiate_error (c, NBD_REP_ERR_TOO_BIG, "%u bytes of data are too many",
                         c->option_length);
    } else {
        step_next_wanting (c, STEP_OPTION_DATA, c->option_length);
    }
    return STEP_TAKEN;
}

enum took negotiate_option_data (struct connection *c, const uint8_t *data) {
    const struct option *option = find (c->option);
    uint32_t n = c->option_length;

    input_pass (&c->input, n);
    step_next (c, STEP_OPTION);
    if (option->is_empty && n > 0)
        negotiate_error (c, NBD_REP_ERR_INVALID, "this option carries no data");
    else
        option->run (c, data, n);
    return STEP_TAKEN;
}
