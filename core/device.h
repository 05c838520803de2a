/* SPDX-License-Identifier: BSD-3-Clause */
/* device.h: the contract between whoever asks for bytes and whoever has them.
 *
 * Everything is a device.  A device has a type (a const table), a state, and perhaps a
 * device below it.  A WORK that the type does not define is copied from below when the
 * device is made, so a layer that defines nothing costs nothing.
 *
 *      who made it ─ref▶ device ─ref▶ below ─ref▶ below
 *                        │ slots, facts: never change once it is made
 *                        └ state: the type's own
 *
 * Ownership: device_new returns one reference, and takes over the one to `below` that it
 * is given, also when it fails.  The last unref closes the state, then lets go of below.
 * Threads: work may be called from any thread, many at once; slots and facts are
 * constant and need no lock.  A type that cannot bear that is put on a strand (strand.h). */
#ifndef STELE_DEVICE_H
#define STELE_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "request.h"

struct device;
struct host;
struct strand;

/* Do it: 0 done, -errno it failed, LATER request_done will follow. */
typedef int work_fn (struct device *, struct request *);

enum support { SUPPORT_NONE, SUPPORT_EMULATE, SUPPORT_NATIVE };

struct block_size {
    uint32_t minimum, preferred, maximum; /* bytes; all 0: nothing to say */
};

/* What is asked once, when the device is made. */
struct facts {
    uint64_t get_size; /* bytes, at most DEVICE_SIZE_MAX */
    struct block_size block_size;
    char *export_description; /* owned by the device; NULL for none */
    char **contexts;          /* owned by the device; ends with NULL; NULL for none */
    bool can_write, can_flush, can_trim, can_zero, can_fast_zero, can_extents;
    bool hides_zero; /* zero works, but clients are not offered it */
    bool can_multi_conn, is_rotational;
    enum support can_fua, can_cache;
};

#define DEVICE_SIZE_MAX INT64_MAX

struct device_type {
    const char *name;
    work_fn *work[WORK_COUNT]; /* NULL: from below, or the floor */
    unsigned passes;           /* set of 1 << WORK that may fall through though cut */
    unsigned tries;            /* set of 1 << WORK that heed request.at_once */

    /* Overwrite what is known better than the inherited or implied values that FACTS
     * holds.  Strings are replaced by malloc'ed ones, the old one freed.  NULL: inherit
     * all.  0 or -errno. */
    int (*facts) (struct device *, struct facts *, struct error *);

    /* Lend room for the payload of this pwrite, in loans that lie end to end and hold it all; or
     * lend nothing.  What it lends it is asked to write, or given back.  NULL: it never does. */
    void (*lend_room) (struct device *, struct request *);

    void (*close) (struct device *); /* free the state; no request is running */
    bool may_block;                  /* a call may wait for a disk or a network */
    bool may_take_long;              /* ... and so long that what could run beside it must not wait */
    bool may_refuse_zero;            /* zero may fail with ENOTSUP: zeroes are written instead */
};

struct slot {
    work_fn *run;
    struct device *device; /* what RUN is called with */
};

struct device {
    const struct device_type *type;
    void *state;
    struct device *below; /* or NULL */
    struct host *host;    /* where it lives: threads, timers, the log */
    struct slot slots[WORK_COUNT];
    struct facts facts;
    struct strand *strand; /* a hint: its requests queue there; NULL for none */
    bool may_block;        /* this one or one below it */
    bool may_take_long;
    _Atomic unsigned references;
};

/* Make a device of this type over BELOW (may be NULL; the reference is taken over).
 * Resolves slots and asks for facts.  NULL with ERROR set: below was let go of, and STATE
 * is still the caller's (type->close was not called). */
struct device *device_new (const struct device_type *type, void *state, struct device *below,
                           struct host *host, struct error *error);
struct device *device_ref (struct device *);
void device_unref (struct device *); /* NULL is fine */

/* Start a request: what its work function returns.  The range must lie within the device
 * and the flags must suit it; device_check says whether they do.  This is the way down:
 * filters call it for the device below them. */
int device_start (struct device *, struct request *);

/* Is this request one that the device can be asked?  0, or -errno with a sentence in the
 * request's error: out of range, read-only, not supported, too long. */
int device_check (struct device *, struct request *);

/* Before the payload of a pwrite has come: where should it lie?  In what is lent by the device
 * that will write it, if the request has loans afterwards; else wherever the asker has room.
 * The range need not have been checked. */
void device_lend_room (struct device *, struct request *);

/* Straight code: check, run and wait.  0 or -errno.  Not from inside a work function of a
 * device that can answer LATER itself, for it holds the thread. */
int device_run (struct device *, struct request *);
int device_pread (struct device *, void *data, uint64_t count, uint64_t offset, struct error *);
int device_pwrite (struct device *, const void *data, uint64_t count, uint64_t offset,
                   uint32_t flags, struct error *);
int device_flush (struct device *, struct error *);
int device_trim (struct device *, uint64_t count, uint64_t offset, uint32_t flags, struct error *);
int device_zero (struct device *, uint64_t count, uint64_t offset, uint32_t flags, struct error *);
int device_cache (struct device *, uint64_t count, uint64_t offset, struct error *);
int device_extents (struct device *, struct extents *, struct error *); /* over its whole range */

/* Replace a string of facts; COPY may be NULL. */
int facts_describe (struct facts *, const char *copy);

#endif
