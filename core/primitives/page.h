/* SPDX-License-Identifier: BSD-3-Clause */
/* page.h: the pieces of memory that a disk in RAM is made of, and a stock of unused ones.
 *
 * Pages come and go all the time where a disk's are exchanged for those that were received.
 * The stock saves them the way to the kernel and back, which costs more than to fill them.
 * Its functions may be called from any thread. */
#ifndef STELE_PAGE_H
#define STELE_PAGE_H

#include <stdalign.h>

#include "ram_store.h"

struct ram_page {
    struct ram_page *next; /* in the stock, or among the dropped (lender.h) */
    struct page_stock *stock; /* where it goes */
    alignas (16) char bytes[]; /* RAM_PAGE */
};

struct page_stock *page_stock_new (void); /* NULL: out of memory */
void page_stock_free (struct page_stock *); /* every page has been freed; NULL is fine */

struct ram_page *page_new (struct page_stock *); /* its bytes are anything; NULL: out of memory */
void page_free (void *page);                     /* NULL is fine */

#endif
