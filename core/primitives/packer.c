/* SPDX-License-Identifier: BSD-3-Clause */
/* packer.c: zstd's state, lent to whoever packs or unpacks something.
 *
 * What is not lent stands in a list, the one used last at its head, so that a server with
 * one busy thread never makes a second. */
#include "packer.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#include "../error.h"

struct packer_state {
    struct packer_state *next;
    size_t size; /* of a page */
    ZSTD_CCtx *pack;
    ZSTD_DCtx *unpack;
    unsigned char page[]; /* and out, after it */
};

static void state_free (struct packer_state *s) {
    ZSTD_freeCCtx (s->pack);
    ZSTD_freeDCtx (s->unpack);
    free (s);
}

/* Who unpacks knows the size, so it is not kept with every page.  The tables of the fast
 * levels are made smaller than zstd would: for pages of 64 KiB that saves a third of the
 * state's memory, and costs a thousandth of what is gained. */
static bool state_prepare (struct packer_state *s, int level) {
    int log = 0;

    if (!s->pack || !s->unpack)
        return false;
    ZSTD_CCtx_setParameter (s->pack, ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter (s->pack, ZSTD_c_contentSizeFlag, 0);
    while (s->size >> (log + 3))
        log++;
    if (level >= 0 && level < 5) {
        ZSTD_CCtx_setParameter (s->pack, ZSTD_c_hashLog, log);
        ZSTD_CCtx_setParameter (s->pack, ZSTD_c_chainLog, log);
    }
    return true;
}

static struct packer_state *state_new (size_t page, int level) {
    struct packer_state *s = malloc (sizeof *s + 2 * page);

    if (!s)
        return NULL;
    s->size = page;
    s->pack = ZSTD_createCCtx ();
    s->unpack = ZSTD_createDCtx ();
    if (state_prepare (s, level))
        return s;
    state_free (s);
    return NULL;
}

int packer_init (struct packer *p, size_t page, int level, struct error *error) {
    long processors = sysconf (_SC_NPROCESSORS_ONLN);

    if (level < ZSTD_minCLevel () || level > ZSTD_maxCLevel ())
        return error_set (error, EINVAL, "zstd has compression levels from %d to %d, not %d",
                          ZSTD_minCLevel (), ZSTD_maxCLevel (), level);
    p->page = page;
    p->level = level;
    p->idle = NULL;
    p->left = processors > 0 ? processors : 1;
    pthread_mutex_init (&p->lock, NULL);
    pthread_cond_init (&p->back, NULL);
    return 0;
}

void packer_clear (struct packer *p) {
    struct packer_state *s;

    while ((s = p->idle)) {
        p->idle = s->next;
        state_free (s);
    }
    pthread_cond_destroy (&p->back);
    pthread_mutex_destroy (&p->lock);
}

static void may_make_another (struct packer *p) {
    pthread_mutex_lock (&p->lock);
    p->left++;
    pthread_cond_signal (&p->back);
    pthread_mutex_unlock (&p->lock);
}

struct packer_state *packer_take (struct packer *p) {
    struct packer_state *s;

    pthread_mutex_lock (&p->lock);
    while (!p->idle && p->left == 0)
        pthread_cond_wait (&p->back, &p->lock);
    if ((s = p->idle))
        p->idle = s->next;
    else
        p->left--;
    pthread_mutex_unlock (&p->lock);
    if (!s && !(s = state_new (p->page, p->level)))
        may_make_another (p);
    return s;
}

void packer_give (struct packer *p, struct packer_state *s) {
    if (!s)
        return;
    pthread_mutex_lock (&p->lock);
    s->next = p->idle;
    p->idle = s;
    pthread_cond_signal (&p->back);
    pthread_mutex_unlock (&p->lock);
}

unsigned char *packer_page (struct packer_state *s) {
    return s->page;
}

unsigned char *packer_out (struct packer_state *s) {
    return s->page + s->size;
}

size_t packer_pack (struct packer_state *s, const void *from, size_t n, void *to, size_t room) {
    size_t size = ZSTD_compress2 (s->pack, to, room, from, n);

    return ZSTD_isError (size) ? 0 : size;
}

int packer_unpack (struct packer_state *s, const void *packed, size_t size, void *to, size_t n) {
    return ZSTD_decompressDCtx (s->unpack, to, n, packed, size) == n ? 0 : -EIO;
}
