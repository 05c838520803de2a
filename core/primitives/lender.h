/* SPDX-License-Identifier: BSD-3-Clause */
/* lender.h: pages whose bytes are lent to those who send them.
 *
 *     lender ── borrowers: how many loans of pages under its lock are out
 *            └─ dropped ─▶ page ─▶ page     gone from the disk, but perhaps being sent
 *
 * A loan is taken while the lock is held for reading, and a page dropped while it is held
 * for writing; a loan is given back without it, and the last one lets the dropped go.
 * For ram.c and the stores that keep their bytes in pages like these. */
#ifndef STELE_LENDER_H
#define STELE_LENDER_H

#include <pthread.h>

#include "page.h"

struct lender {
    alignas (32) _Atomic unsigned borrowers;
    _Atomic (struct ram_page *) dropped;
    pthread_rwlock_t *lock;
};

void lender_init (struct lender *, pthread_rwlock_t *lock);
void lender_clear (struct lender *); /* nobody borrows any more */

void lender_borrow (struct lender *);    /* locked for reading at least */
void lender_give_back (void *lender);    /* not locked by this thread */
void lender_drop (struct lender *, struct ram_page *); /* locked for writing */

/* The page is no more, and may be used again at once: it, or NULL if it may not and was
 * dropped.  Locked for writing; PAGE may be NULL. */
struct ram_page *lender_keep (struct lender *, struct ram_page *page);

#endif
