/* SPDX-License-Identifier: BSD-3-Clause */
/* interned.h: strings that a compiled plugin need not free.
 *
 * A set: the same text is kept once, so that a callback which makes one for every client that
 * asks does not fill the memory.  Any thread. */
#ifndef STELE_OBJECT_INTERNED_H
#define STELE_OBJECT_INTERNED_H

#include <stddef.h>

struct interned;

struct interned *interned_new (void); /* NULL: out of memory */
void interned_free (struct interned *);

/* The copy of the first SIZE bytes of TEXT, or fewer where it ends before.  NULL: out of
 * memory. */
const char *interned_add (struct interned *, const char *text, size_t size);

#endif
