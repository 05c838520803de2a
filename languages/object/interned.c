/* SPDX-License-Identifier: BSD-3-Clause */
/* interned.c: a set of strings that are freed together: the C library's tree under a lock. */
#include "interned.h"

#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct interned {
    pthread_mutex_t lock; /* of the tree */
    void *tree;
};

static int compare (const void *a, const void *b) {
    return strcmp (a, b);
}

struct interned *interned_new (void) {
    struct interned *s = calloc (1, sizeof *s);

    if (s)
        pthread_mutex_init (&s->lock, NULL);
    return s;
}

void interned_free (struct interned *s) {
    if (!s)
        return;
    tdestroy (s->tree, free);
    pthread_mutex_destroy (&s->lock);
    free (s);
}

const char *interned_add (struct interned *s, const char *text, size_t size) {
    char *copy = strndup (text, size), **kept;

    if (!copy)
        return NULL;
    pthread_mutex_lock (&s->lock);
    kept = tsearch (copy, &s->tree, compare);
    if (!kept || *kept != copy)
        free (copy);
    copy = kept ? *kept : NULL;
    pthread_mutex_unlock (&s->lock);
    return copy;
}
