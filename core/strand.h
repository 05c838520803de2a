/* SPDX-License-Identifier: BSD-3-Clause */
/* strand.h: what must not run in parallel.
 *
 * A strand is a queue of tasks of which one runs at a time.  An idle strand is run on the
 * spot by whoever brings a task; a busy one takes the task along.  No thread waits.  The
 * tasks that have queued up run between one `enter` and one `leave`, which is where an
 * adapter takes its interpreter's lock.
 *
 * A thread that runs a strand and brings it another task (a script that calls a device
 * made of itself) runs that task at once, nested. */
#ifndef STELE_STRAND_H
#define STELE_STRAND_H

#include <stdbool.h>

#include "task.h"

struct strand;
struct pool;

/* ENTER and LEAVE may be NULL.  POOL takes over what is left in the queue when one thread
 * has run enough of it; NULL: whoever runs the strand runs it empty.  NULL when out of
 * memory. */
struct strand *strand_new (struct pool *pool, void (*enter) (void *), void (*leave) (void *),
                           void *of);

/* Nobody will bring anything any more; who is still leaving is waited for.  Not from inside.
 * NULL is fine. */
void strand_free (struct strand *);

/* True: the strand is the caller's, who does its work and calls strand_leave; TASK was not
 * touched.  False: the strand is busy, and TASK will be run by whoever runs it (with TASK
 * NULL nothing will).  A thread that is inside already gets true, nested. */
bool strand_enter (struct strand *, struct task *task);
void strand_leave (struct strand *); /* also runs what has queued up */

/* The same in one: run TASK now, or leave it to the thread that is running the strand. */
void strand_run (struct strand *, struct task *task);

/* For the rare straight call (open, close): wait until the strand is this thread's, to be
 * left with strand_leave.  Whoever holds it must not wait for what needs the strand. */
void strand_lock (struct strand *);

/* From inside: until strand_open, run no tasks but those of strand_resume.  For a script
 * in the middle of a callback that the next callback must not overtake. */
void strand_shut (struct strand *);
void strand_open (struct strand *);
void strand_resume (struct strand *, struct task *task); /* like strand_run, also when shut */

#endif
