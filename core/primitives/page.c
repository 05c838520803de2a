/* SPDX-License-Identifier: BSD-3-Clause */
/* page.c: the pages of a disk in RAM, and a stock of unused ones. */
#include "page.h"

#include <pthread.h>
#include <stdlib.h>

enum { STOCK = 64 }; /* pages; as many as eight requests of 256 KiB are exchanging at once */

struct page_stock {
    pthread_mutex_t lock;
    struct ram_page *first;
    unsigned n;
};

struct page_stock *page_stock_new (void) {
    struct page_stock *s = calloc (1, sizeof *s);

    if (s)
        pthread_mutex_init (&s->lock, NULL);
    return s;
}

void page_stock_free (struct page_stock *s) {
    struct ram_page *next;

    for (struct ram_page *page = s ? s->first : NULL; page; page = next) {
        next = page->next;
        free (page);
    }
    if (s)
        pthread_mutex_destroy (&s->lock);
    free (s);
}

static struct ram_page *stock_pop (struct page_stock *s) {
    struct ram_page *page;

    pthread_mutex_lock (&s->lock);
    if ((page = s->first)) {
        s->first = page->next;
        s->n--;
    }
    pthread_mutex_unlock (&s->lock);
    return page;
}

/* False: it is full. */
static bool stock_push (struct page_stock *s, struct ram_page *page) {
    bool has_room;

    pthread_mutex_lock (&s->lock);
    if ((has_room = s->n < STOCK)) {
        page->next = s->first;
        s->first = page;
        s->n++;
    }
    pthread_mutex_unlock (&s->lock);
    return has_room;
}

struct ram_page *page_new (struct page_stock *s) {
    struct ram_page *page = stock_pop (s);

    if (!page && (page = malloc (sizeof *page + RAM_PAGE)))
        page->stock = s;
    return page;
}

void page_free (void *of) {
    struct ram_page *page = of;

    if (page && !stock_push (page->stock, page))
        free (page);
}
