/* SPDX-License-Identifier: BSD-3-Clause */
/* wire-fixture.h: how the tests of the wire are run: each against a server of its own, and all of
 * it four times: over a socket and one byte at a time, over a disk that answers at once and one
 * that answers later. */
#ifndef WIRE_FIXTURE_H
#define WIRE_FIXTURE_H

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function" /* each test has its own choice of them */

#include "wire-client.h"

enum { EPERM_ = 1, EIO_ = 5, EINVAL_ = 22, ENOSPC_ = 28, EOVERFLOW_ = 75, ESHUTDOWN_ = 108 };

struct test {
    const char *name;
    void (*run) (void);
};

#define TEST(f)                                                                                \
    { #f, f }
#define COUNT(array) (sizeof (array) / sizeof (array)[0])

static enum reply_style style; /* the one that is being tested */

static void announce (const struct test *t, const char *how) {
    printf ("ok: %s%s%s%s\n", t->name, how, is_dripping ? ", byte by byte" : "",
            toy.answer == LATER_ON ? ", answered later" : "");
    fflush (stdout);
}

static void run_on_new_wires (const struct test *t, size_t n, const char *how) {
    for (; n > 0; n--, t++) {
        test_name = t->name;
        wire_begin (NULL);
        t->run ();
        wire_end ();
        announce (t, how);
    }
}

static void run_in_each_style (const struct test *t, size_t n) {
    static const char *const styles[] = {", simple", ", structured", ", extended"};

    for (style = REPLY_SIMPLE; style <= REPLY_EXTENDED; style++)
        run_on_new_wires (t, n, styles[style]);
}

/* Those that begin and end the wire, with options, themselves. */
static void run_on_their_own (const struct test *t, size_t n) {
    for (; n > 0; n--, t++) {
        test_name = t->name;
        t->run ();
        announce (t, "");
    }
}

/* The program. */
static int run_four_ways (void (*run_all) (void)) {
    CHECK ((host.pool = pool_new (8)) && pool_start (host.pool) == 0);
    pthread_mutex_init (&toy.lock, NULL);
    pthread_cond_init (&toy.changed, NULL);
    task_queue_init (&toy.kept);
    CHECK (pthread_create (&toy.thread, NULL, toy_thread, NULL) == 0);
    for (int later = 0; later < 2; later++)
        for (int dripping = 0; dripping < 2; dripping++) {
            toy.answer = later ? LATER_ON : AT_ONCE;
            is_dripping = dripping;
            run_all ();
        }
    pthread_mutex_lock (&toy.lock);
    toy.is_over = true;
    pthread_cond_broadcast (&toy.changed);
    pthread_mutex_unlock (&toy.lock);
    pthread_join (toy.thread, NULL);
    pool_free (host.pool);
    return 0;
}

#pragma GCC diagnostic pop

#endif
