/* SPDX-License-Identifier: BSD-3-Clause */
/* helpers_lists.c: extents and exports, which plugins add to without knowing what they are.
 *
 * A struct nbdkit_extents is the core's struct extents, a struct nbdkit_exports its struct
 * exports: the names differ, the things do not. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "helpers.h"

static struct extents *extents_of (struct nbdkit_extents *extents) {
    return (struct extents *) extents;
}

/* Other bits of TYPE mean nothing, and must not come to mean something to a client. */
int nbdkit_add_extent (struct nbdkit_extents *list, uint64_t offset, uint64_t length,
                       uint32_t type) {
    struct extents *extents = extents_of (list);
    int r = extents_add (extents, offset, length, type & (EXTENT_HOLE | EXTENT_ZERO));

    if (r >= 0)
        return 0;
    if (r == -ERANGE)
        nbdkit_error ("nbdkit_add_extent: there is a gap from %" PRIu64
                      " to the next extent at %" PRIu64,
                      extents->next, offset);
    else
        nbdkit_error ("nbdkit_add_extent: the extent at %" PRIu64 " of %" PRIu64 " bytes: %s",
                      offset, length, strerror (-r));
    errno = -r;
    return -1;
}

struct nbdkit_extents *nbdkit_extents_new (uint64_t start, uint64_t end) {
    struct extents *extents;

    if (start > end || end > DEVICE_SIZE_MAX) {
        nbdkit_error ("nbdkit_extents_new: from %" PRIu64 " to %" PRIu64 " is no range", start,
                      end);
        errno = ERANGE;
        return NULL;
    }
    if (!(extents = malloc (sizeof *extents))) {
        nbdkit_error ("nbdkit_extents_new: %m");
        return NULL;
    }
    extents_init (extents, start, end - start, false);
    return (struct nbdkit_extents *) extents;
}

void nbdkit_extents_free (struct nbdkit_extents *list) {
    if (list)
        extents_clear (extents_of (list));
    free (list);
}

size_t nbdkit_extents_count (const struct nbdkit_extents *list) {
    return ((const struct extents *) list)->n;
}

struct nbdkit_extent nbdkit_get_extent (const struct nbdkit_extents *list, size_t i) {
    const struct extents *extents = (const struct extents *) list;

    if (i >= extents->n)
        return (struct nbdkit_extent){0};
    return (struct nbdkit_extent){extents->v[i].offset, extents->v[i].length,
                                  extents->v[i].type};
}

int nbdkit_add_export (struct nbdkit_exports *list, const char *name, const char *description) {
    struct error error = {0};
    int r = name ? exports_add ((struct exports *) list, name, description, &error)
                 : error_set (&error, EINVAL, "nbdkit_add_export: there is no name");

    return r < 0 ? helper_failed (&error) : 0;
}

struct nbdkit_exports *nbdkit_exports_new (void) {
    struct exports *exports = calloc (1, sizeof *exports);

    if (!exports)
        nbdkit_error ("nbdkit_exports_new: %m");
    return (struct nbdkit_exports *) exports;
}

void nbdkit_exports_free (struct nbdkit_exports *list) {
    if (list)
        exports_clear ((struct exports *) list);
    free (list);
}

size_t nbdkit_exports_count (const struct nbdkit_exports *list) {
    return ((const struct exports *) list)->n;
}

struct nbdkit_export nbdkit_get_export (const struct nbdkit_exports *list, size_t i) {
    const struct exports *exports = (const struct exports *) list;

    if (i >= exports->n)
        return (struct nbdkit_export){0};
    return (struct nbdkit_export){exports->v[i].name, exports->v[i].description};
}

/* The plugin is asked as the core would ask it.  It may say that there is none. */
int nbdkit_use_default_export (struct nbdkit_exports *list) {
    const struct now *now = now_get ();
    struct plugin *p = now ? now->object->plugin : NULL;
    struct error error = {0};
    struct call call = {.row = &callbacks[ROW_default_export], .error = &error};
    int r;

    if (!p || !p->defines[ROW_default_export])
        return nbdkit_add_export (list, "", NULL);
    call.session = now_session ();
    call.readonly = now->call && now->call->readonly;
    call.tls = now->call && now->call->tls;
    if (p->language->call (p, &call) < 0)
        return helper_failed (&error);
    r = call.out.s ? nbdkit_add_export (list, call.out.s, NULL) : 0;
    free (call.out.s);
    return r;
}
