/* SPDX-License-Identifier: BSD-3-Clause */
/* packer.c: compressing and unpacking pages, by any number of threads at once.
 *
 * The states that nobody uses stand in a list; there are as many as there have been
 * threads here at one time. */
#include "packer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "../error.h"

struct packer_state {
    struct packer_state *next;
    ZSTD_CCtx *pack;
    ZSTD_DCtx *unpack;
    unsigned char page[]; /* what was packed, or a page of which only a part is wanted */
};

static void state_free (struct packer_state *s) {
    ZSTD_freeCCtx (s->pack);
    ZSTD_freeDCtx (s->unpack);
    free (s);
}

static struct packer_state *state_new (size_t page) {
    struct packer_state *s = malloc (sizeof *s + page);

    if (!s)
        return NULL;
    s->pack = ZSTD_createCCtx ();
    s->unpack = ZSTD_createDCtx ();
    if (s->pack && s->unpack)
        return s;
    state_free (s);
    return NULL;
}

static struct packer_state *state_take (struct packer *p) {
    struct packer_state *s;

    pthread_mutex_lock (&p->lock);
    if ((s = p->idle))
        p->idle = s->next;
    pthread_mutex_unlock (&p->lock);
    return s ? s : state_new (p->page);
}

static void state_give (struct packer *p, struct packer_state *s) {
    pthread_mutex_lock (&p->lock);
    s->next = p->idle;
    p->idle = s;
    pthread_mutex_unlock (&p->lock);
}

int packer_init (struct packer *p, size_t page, int level, struct error *error) {
    if (level < ZSTD_minCLevel () || level > ZSTD_maxCLevel ())
        return error_set (error, EINVAL, "zstd has compression levels from %d to %d, not %d",
                          ZSTD_minCLevel (), ZSTD_maxCLevel (), level);
    p->page = page;
    p->level = level;
    p->idle = NULL;
    pthread_mutex_init (&p->lock, NULL);
    return 0;
}

void packer_clear (struct packer *p) {
    struct packer_state *s;

    while ((s = p->idle)) {
        p->idle = s->next;
        state_free (s);
    }
    pthread_mutex_destroy (&p->lock);
}

void *packer_pack (struct packer *p, const void *page, size_t room, size_t head, size_t *n) {
    struct packer_state *s = state_take (p);
    char *packed = NULL;

    if (!s)
        return NULL;
    *n = ZSTD_compressCCtx (s->pack, s->page, room, page, p->page, p->level);
    if (!ZSTD_isError (*n) && (packed = malloc (head + *n)))
        memcpy (packed + head, s->page, *n);
    state_give (p, s);
    return packed;
}

int packer_unpack (struct packer *p, const void *packed, size_t n, void *to, size_t start,
                   size_t count) {
    struct packer_state *s = state_take (p);
    bool whole = count == p->page;
    size_t unpacked;

    if (!s)
        return -ENOMEM;
    unpacked = ZSTD_decompressDCtx (s->unpack, whole ? to : s->page, p->page, packed, n);
    if (!whole && unpacked == p->page)
        memcpy (to, s->page + start, count);
    state_give (p, s);
    return unpacked == p->page ? 0 : -EIO;
}
