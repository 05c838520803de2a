/* SPDX-License-Identifier: BSD-3-Clause */
/* hostile.c: what the hostile build does while it runs.  No other build has this file.
 *
 * STELE_HOSTILE says it, as words with perhaps a number N, which means one time in N:
 *
 *     bytes:16   but for one time in N, a socket moves one byte
 *     stall:16   a socket that is ready is said not to be
 *     later:4    a request is kept, and answered by another thread
 *     alloc:97   an allocation of a thread that serves fails
 *     seed:1     which times these are; the same seed fails in much the same way again
 *     count      what was done is told on standard error at the end
 *
 * Nothing said is "bytes,stall,later".  The one mutable global of the core is here. */
#include "hostile.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "pool.h"

enum harm { BYTES, STALL, LATE, ALLOC, HARMS };

static struct {
    unsigned one_in[HARMS]; /* 0: never */
    uint64_t seed;
    _Atomic uint64_t dice;
    _Atomic unsigned done[HARMS];
    struct pool *pool; /* answers what was kept; its own, so that it cannot wait for itself */
} hostile;

static const struct {
    const char *name;
    unsigned one_in;
} words[HARMS] = {
    [BYTES] = {"bytes", 16}, [STALL] = {"stall", 16}, [LATE] = {"later", 4}, [ALLOC] = {"alloc", 97}};

enum { THREADS = 64, DELAY_NS = 1 << 20 };

/* Allocations */

void *__real_malloc (size_t size);
void *__real_calloc (size_t n, size_t size);
void *__real_realloc (void *old, size_t size);
void *__real_aligned_alloc (size_t alignment, size_t size);
char *__real_strdup (const char *text);
char *__real_strndup (const char *text, size_t most);

void *__wrap_malloc (size_t size);
void *__wrap_calloc (size_t n, size_t size);
void *__wrap_realloc (void *old, size_t size);
void *__wrap_aligned_alloc (size_t alignment, size_t size);
char *__wrap_strdup (const char *text);
char *__wrap_strndup (const char *text, size_t most);

/* A number that looks random, and depends on the seed and how many there were before. */
static uint64_t throw_dice (void) {
    uint64_t z = hostile.seed + atomic_fetch_add (&hostile.dice, 1);

    z *= UINT64_C (0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C (0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C (0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Is it time? */
static bool harms (enum harm harm) {
    return hostile.one_in[harm] && throw_dice () % hostile.one_in[harm] == 0;
}

static bool does (enum harm harm) {
    bool now = harms (harm);

    if (now)
        hostile.done[harm]++;
    return now;
}

static _Thread_local bool may_fail;

void hostile_thread (void) {
    may_fail = true;
}

static bool no_memory (void) {
    if (!may_fail || !does (ALLOC))
        return false;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc (size_t size) {
    return no_memory () ? NULL : __real_malloc (size);
}

void *__wrap_calloc (size_t n, size_t size) {
    return no_memory () ? NULL : __real_calloc (n, size);
}

void *__wrap_realloc (void *old, size_t size) {
    return no_memory () ? NULL : __real_realloc (old, size);
}

void *__wrap_aligned_alloc (size_t alignment, size_t size) {
    return no_memory () ? NULL : __real_aligned_alloc (alignment, size);
}

char *__wrap_strdup (const char *text) {
    return no_memory () ? NULL : __real_strdup (text);
}

char *__wrap_strndup (const char *text, size_t most) {
    return no_memory () ? NULL : __real_strndup (text, most);
}

/* Lua collects its garbage and asks once more, so it must be refused twice; and it counts
 * on getting less than it has. */
void *hostile_lua (void *of, void *old, size_t old_size, size_t size) {
    static _Thread_local bool once_more;

    (void) of;
    if (size == 0) {
        free (old);
        return NULL;
    }
    if (!old || size > old_size) {
        if (once_more) {
            once_more = false;
            return NULL;
        }
        if ((once_more = no_memory ()))
            return NULL;
    }
    return __real_realloc (old, size);
}

/* Sockets */

bool hostile_stalls (void) {
    return does (STALL);
}

size_t hostile_room (size_t room) {
    if (room < 2 || !hostile.one_in[BYTES])
        return room;
    if (harms (BYTES))
        return 1 + throw_dice () % room;
    hostile.done[BYTES]++;
    return 1;
}

int hostile_few (const struct iovec **iov, int n, struct iovec *few) {
    const struct iovec *first = *iov;

    if (!hostile.one_in[BYTES])
        return n;
    for (; n > 1 && first->iov_len == 0; n--)
        first++;
    *few = (struct iovec){first->iov_base, hostile_room (first->iov_len)};
    *iov = few;
    return 1;
}

/* Requests */

struct kept {
    struct timer timer;
    struct device *device;
    struct request *request;
    int (*start) (struct device *, struct request *);
};

static void answer (struct task *task) {
    struct kept *k = container_of (task, struct kept, timer.task);
    struct request *r = k->request;
    int result;

    result = k->start (k->device, r);
    free (k);
    if (result != LATER)
        request_done (r, result);
}

static void start_pool (void) {
    struct pool *pool = pool_new (THREADS);

    if (pool && pool_start (pool) == 0)
        hostile.pool = pool;
}

bool hostile_keeps (struct device *d, struct request *r,
                    int (*start) (struct device *, struct request *)) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct kept *k;

    if (!r->done || r->at_once || !does (LATE))
        return false;
    pthread_once (&once, start_pool);
    if (!hostile.pool || !(k = __real_malloc (sizeof *k)))
        return false;
    *k = (struct kept){.timer.task.run = answer, .device = d, .request = r, .start = start};
    if (throw_dice () % 4 == 0)
        pool_timer (hostile.pool, &k->timer, throw_dice () % DELAY_NS);
    else
        pool_share (hostile.pool, &k->timer.task);
    return true;
}

/* What is to be done */

static void tell (void) {
    fprintf (stderr, "hostile:");
    for (int i = 0; i < HARMS; i++)
        fprintf (stderr, " %s %u", words[i].name, hostile.done[i]);
    fprintf (stderr, "\n");
}

static void heed (char *word) {
    char *number = strchr (word, ':');

    if (number)
        *number++ = 0;
    if (strcmp (word, "seed") == 0 && number) {
        hostile.seed = strtoull (number, NULL, 0) << 32;
        return;
    }
    if (strcmp (word, "count") == 0) {
        atexit (tell);
        return;
    }
    for (int i = 0; i < HARMS; i++)
        if (strcmp (word, words[i].name) == 0) {
            hostile.one_in[i] =
                number ? (unsigned) strtoul (number, NULL, 0) : words[i].one_in;
            return;
        }
    fprintf (stderr, "STELE_HOSTILE: there is no '%s'\n", word);
    exit (1);
}

__attribute__ ((constructor)) static void begin (void) {
    const char *said = getenv ("STELE_HOSTILE");
    char *copy = strdup (said ? said : "bytes,stall,later"), *rest = copy, *word;

    while (copy && (word = strsep (&rest, ",")))
        if (*word)
            heed (word);
    free (copy);
}
