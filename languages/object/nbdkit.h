/* SPDX-License-Identifier: BSD-3-Clause */
/* nbdkit.h: one loaded plugin of nbdkit's interface.
 *
 * Its table is a copy, with zeroes for what the plugin was compiled too early to have; it
 * never changes.  The functions in it are reached by way of rows (nbdkit_fields.c). */
#ifndef STELE_OBJECT_NBDKIT_H
#define STELE_OBJECT_NBDKIT_H

#define NBDKIT_API_VERSION 2
#include "../../include/nbdkit-plugin.h"
#include "object.h"

struct nbdkit {
    struct nbdkit_plugin table;
    bool v1; /* the requests are those of version 1 */
};

/* A client's open. */
struct handle {
    void *handle; /* the plugin's */
    struct interned *strings;
};

/* Does the plugin have the row? */
bool field_has (const struct nbdkit *, const struct callback *);

/* Call the plugin's function for the row, which it has, with what its handle is.  0 or
 * -errno, the sentence being that of the plugin. */
int field_call (const struct nbdkit *, struct call *, void *handle);

extern const struct helper nbdkit_helpers[];

#endif
