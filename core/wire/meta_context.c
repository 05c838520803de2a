/* SPDX-License-Identifier: BSD-3-Clause */
/* meta_context.c: "Metadata querying".  There is base:allocation, and whatever else the
 * device declares; queries are names, or a namespace with its colon to list all in it. */
#include "meta_context.h"

#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "export.h"
#include "nbd.h"
#include "negotiate.h"

/* The i-th name that the open device has, or NULL after the last. */
static const char *name_at (const struct connection *c, unsigned i) {
    char **more = c->device->facts.contexts;

    if (i == 0)
        return "base:allocation";
    return more ? more[i - 1] : NULL;
}

void contexts_clear (struct contexts *list) {
    for (unsigned i = 0; i < list->n; i++)
        free (list->v[i].name);
    free (list->v);
    free (list->export_name);
    *list = (struct contexts){0};
}

bool contexts_apply (const struct connection *c) {
    const struct contexts *list = &c->contexts;

    return list->n > 0 && c->export_name && strcmp (list->export_name, c->export_name) == 0;
}

/* A query of the namespace alone is for listing. */
static bool matches (const char *query, uint32_t n, const char *name, bool is_list) {
    if (n > 0 && query[n - 1] == ':')
        return is_list && strncmp (query, name, n) == 0;
    return strlen (name) == n && memcmp (query, name, n) == 0;
}

struct queries {
    struct reader first; /* the first query */
    uint32_t n;
    char *export_name;
};

/* Look all through the data, so that an invalid option has no effect. */
static bool read_queries (struct reader *r, struct queries *q) {
    const char *text;
    uint32_t n;

    if (!read_string (r, &text, &n) || !(q->export_name = read_copy (text, n)))
        return false;
    if (!read32 (r, &q->n))
        return false;
    q->first = *r;
    for (uint32_t i = 0; i < q->n; i++)
        if (!read_string (r, &text, &n))
            return false;
    return r->left == 0;
}

static bool any_matches (const struct queries *q, const char *name, bool is_list) {
    struct reader r = q->first;
    const char *text;
    uint32_t n;

    for (uint32_t i = 0; i < q->n && read_string (&r, &text, &n); i++)
        if (matches (text, n, name, is_list))
            return true;
    return q->n == 0 && is_list;
}

static bool select_context (struct contexts *list, uint32_t id, const char *name) {
    struct context *v = realloc (list->v, (list->n + 1) * sizeof *v);

    if (!v)
        return false;
    list->v = v;
    v[list->n] = (struct context){.id = id, .name = strdup (name)};
    return v[list->n].name && ++list->n;
}

static bool send_context (struct connection *c, uint32_t id, const char *name) {
    size_t n = strlen (name);
    uint8_t *p = negotiate_reply (c, NBD_REP_META_CONTEXT, 4 + n);

    if (p)
        memcpy (store32 (p, id), name, n);
    return p;
}

/* The ID in a list means nothing: zero. */
static void answer (struct connection *c, const struct queries *q, bool is_list) {
    const char *name;

    for (unsigned i = 0; (name = name_at (c, i)); i++) {
        if (strlen (name) > NBD_MAX_STRING || !any_matches (q, name, is_list))
            continue;
        if (!is_list && !select_context (&c->contexts, i + 1, name)) {
            contexts_clear (&c->contexts);
            negotiate_error (c, NBD_REP_ERR_TOO_BIG, "out of memory");
            return;
        }
        if (!send_context (c, is_list ? 0 : i + 1, name))
            return;
    }
    negotiate_ack (c);
}

static void handle (struct connection *c, const uint8_t *data, uint32_t n, bool is_list) {
    struct reader r = {data, n};
    struct queries q = {0};
    struct error error = {0};

    if (!is_list) /* "replaces all previously-set metadata contexts", also when it fails */
        contexts_clear (&c->contexts);
    if (c->common->options.no_meta_contexts) {
        negotiate_error (c, NBD_REP_ERR_UNSUP, "metadata contexts are not offered");
    } else if (c->style == REPLY_SIMPLE) {
        negotiate_error (c, NBD_REP_ERR_INVALID, "structured replies must be negotiated first");
    } else if (!read_queries (&r, &q)) {
        negotiate_error (c, NBD_REP_ERR_INVALID, "the list of queries is malformed");
    } else if (export_open (c, q.export_name, &error) < 0) {
        negotiate_error (c, NBD_REP_ERR_UNKNOWN, "%s", error.text);
    } else {
        if (!is_list) {
            c->contexts.export_name = q.export_name;
            q.export_name = NULL;
        }
        answer (c, &q, is_list);
    }
    free (q.export_name);
}

void meta_context_list (struct connection *c, const uint8_t *data, uint32_t n) {
    handle (c, data, n, true);
}

void meta_context_set (struct connection *c, const uint8_t *data, uint32_t n) {
    handle (c, data, n, false);
}
