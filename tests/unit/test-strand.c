/* SPDX-License-Identifier: BSD-3-Clause */
/* test-strand.c: one at a time, in order, nothing lost; and the pool's timers. */
#include "check.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "pool.h"
#include "strand.h"

enum { THREADS = 4, EACH = 5000 };

static struct strand *strand;
static unsigned counter, entered; /* guarded by the strand */
static atomic_bool inside;
static atomic_uint finished;

struct job {
    struct task task;
};

static void enter (void *of) {
    (void) of;
    CHECK (!atomic_exchange (&inside, true));
    entered++;
}

static void leave (void *of) {
    (void) of;
    CHECK (atomic_exchange (&inside, false));
}

static void count (struct task *t) {
    counter++;
    free (container_of (t, struct job, task));
    finished++;
}

static void *bring (void *of) {
    (void) of;
    for (int i = 0; i < EACH; i++) {
        struct job *job = malloc (sizeof *job);
        job->task.run = count;
        strand_run (strand, &job->task);
        if (i % 100 == 0) { /* the straight way takes its turn */
            strand_lock (strand);
            counter++;
            strand_leave (strand);
        }
    }
    return NULL;
}

static void one_at_a_time (struct pool *pool) {
    pthread_t threads[THREADS];

    counter = entered = 0;
    finished = 0;
    strand = strand_new (pool, enter, leave, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_create (&threads[i], NULL, bring, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join (threads[i], NULL);
    while (finished < THREADS * EACH)
        usleep (1000);
    strand_lock (strand);
    CHECK_EQ (counter, THREADS * (EACH + EACH / 100));
    strand_leave (strand);
    strand_free (strand);
}

static struct task resumed;

static void resume (struct task *t) {
    (void) t;
    CHECK_EQ (counter, 1); /* what was queued while shut has not overtaken */
    strand_open (strand);
}

static void shut_keeps_others_out (void) {
    struct job *job = malloc (sizeof *job);

    counter = 0;
    strand = strand_new (NULL, NULL, NULL, NULL);
    CHECK (strand_enter (strand, NULL));
    counter++;
    strand_shut (strand);
    strand_leave (strand);
    job->task.run = count;
    strand_run (strand, &job->task);
    CHECK_EQ (counter, 1);
    CHECK (!strand_enter (strand, NULL));
    resumed.run = resume;
    strand_resume (strand, &resumed);
    CHECK_EQ (counter, 2);
    strand_free (strand);
}

static atomic_uint rung;

static void ring (struct task *t) {
    rung++;
    free (container_of (t, struct timer, task));
}

static void timers_ring (struct pool *pool) {
    struct timer *long_one = calloc (1, sizeof *long_one);

    rung = 0;
    for (unsigned i = 0; i < 10000; i++) {
        struct timer *t = calloc (1, sizeof *t);
        t->task.run = ring;
        pool_timer (pool, t, (i * 7919 % 10000) * 1000);
    }
    long_one->task.run = ring;
    pool_timer (pool, long_one, UINT64_MAX);
    CHECK (pool_timer_cancel (pool, long_one));
    CHECK (!pool_timer_cancel (pool, long_one));
    free (long_one);
    while (rung < 10000)
        usleep (1000);
    CHECK_EQ (rung, 10000);
    CHECK (pool_threads (pool) <= 8);
}

int main (void) {
    struct pool *pool = pool_new (8);

    CHECK_EQ (pool_start (pool), 0);
    one_at_a_time (NULL);
    one_at_a_time (pool);
    shut_keeps_others_out ();
    timers_ring (pool);
    pool_free (pool);
    return check_result ();
}
