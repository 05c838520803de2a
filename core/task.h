/* SPDX-License-Identifier: BSD-3-Clause */
/* task.h: something to run once, soon, on some thread.
 *
 * A task is a link inside a larger struct and is never allocated on its own; whoever
 * hands one over leaves it alone until RUN is called, which may free it. */
#ifndef STELE_TASK_H
#define STELE_TASK_H

#include <stddef.h>

struct task {
    struct task *next;
    void (*run) (struct task *);
};

struct task_queue {
    struct task *first, **last;
};

static inline void task_queue_init (struct task_queue *q) {
    q->first = NULL;
    q->last = &q->first;
}

static inline void task_push (struct task_queue *q, struct task *t) {
    t->next = NULL;
    *q->last = t;
    q->last = &t->next;
}

static inline struct task *task_pop (struct task_queue *q) {
    struct task *t = q->first;
    if (t && !(q->first = t->next))
        q->last = &q->first;
    return t;
}

/* The struct that a member lies in. */
#define container_of(pointer, type, member) \
    ((type *) ((char *) (pointer) - offsetof (type, member)))

#endif
