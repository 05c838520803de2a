/* SPDX-License-Identifier: BSD-3-Clause */
/* lender.c: pages whose bytes are lent.
 *
 * Whoever drops a page looks at the borrowers after it has put it on the list, and whoever
 * gives the last loan back looks at the list after it has counted itself out: so one of
 * the two sees the other, and no page stays behind. */
#include "lender.h"

#include <stdatomic.h>

void lender_init (struct lender *l, pthread_rwlock_t *lock) {
    *l = (struct lender){.lock = lock};
}

static void forget (struct ram_page *list) {
    struct ram_page *next;

    for (struct ram_page *page = list; page; page = next) {
        next = page->next;
        page_free (page);
    }
}

void lender_clear (struct lender *l) {
    forget (l->dropped);
}

void lender_borrow (struct lender *l) {
    atomic_fetch_add_explicit (&l->borrowers, 1, memory_order_relaxed); /* the lock orders it */
}

void lender_give_back (void *of) {
    struct lender *l = of;
    struct ram_page *list = NULL;

    if (atomic_fetch_sub (&l->borrowers, 1) > 1 || !atomic_load (&l->dropped))
        return;
    pthread_rwlock_wrlock (l->lock); /* from here on nobody borrows */
    if (atomic_load (&l->borrowers) == 0)
        list = atomic_exchange (&l->dropped, NULL);
    pthread_rwlock_unlock (l->lock);
    forget (list);
}

void lender_drop (struct lender *l, struct ram_page *page) {
    if (atomic_load (&l->borrowers) == 0) {
        page_free (page);
        return;
    }
    page->next = l->dropped;
    atomic_store (&l->dropped, page);
    if (atomic_load (&l->borrowers) == 0)
        forget (atomic_exchange (&l->dropped, NULL));
}

struct ram_page *lender_keep (struct lender *l, struct ram_page *page) {
    if (!page || atomic_load (&l->borrowers) == 0)
        return page;
    lender_drop (l, page);
    return NULL;
}
