/* SPDX-License-Identifier: BSD-3-Clause */
/* request.h: one thing that a device is asked to do.
 *
 * A request belongs to whoever was called with it until that function returns 0 or
 * -errno, or, where it returned LATER, until it calls request_done.  Everything that a
 * request points to (data, extents) is the asker's, and stays valid as long.  Work, flags,
 * offset and count are as the asker set them when it has been answered: who wants them
 * otherwise passes on a request of its own (sequence.h).
 *
 * A request finishes once, in one of two ways: by the value that the work function
 * returns, in which case `done` is not called, or by request_done after LATER. */
#ifndef STELE_REQUEST_H
#define STELE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "extents.h"
#include "task.h"

struct device;

enum work {
#define LIFE(name, takes, gives, doc)
#define FACT(name, takes, gives, implied, doc)
#define WORK(name, takes, gives, cut, doc) WORK_##name,
#include "callbacks.def"
#undef LIFE
#undef FACT
#undef WORK
    WORK_COUNT,
    WORK_none
};

/* "I keep this request; request_done will follow", from any thread. */
enum { LATER = 1 };

enum request_flag {
    REQUEST_MAY_TRIM = 1,  /* zero: may leave a hole */
    REQUEST_FUA = 2,       /* pwrite, zero, trim: on stable storage before it is done */
    REQUEST_REQ_ONE = 4,   /* extents: the first is enough */
    REQUEST_FAST_ZERO = 8, /* zero: fail with ENOTSUP rather than be slow */
};

enum { REQUEST_COUNT_MAX = 64 << 20 }; /* bytes of data in one pread or pwrite */

/* A part of a pread's answer that is known to be zero and was not filled in. */
struct hole {
    uint32_t start, length; /* bytes, from the start of the data */
};

struct holes {
    uint32_t n, room;
    struct hole *v; /* ascending, apart from each other */
};

/* A part of the data that lies elsewhere, in bytes that the device lends until they are given
 * back, from any thread.  Of a pread's answer: the asker takes it from there.  Somebody may
 * write to it meanwhile, as to any range that is read at the same time.  Of a pwrite's
 * payload: the device has lent room for it (device_lend_room), and the asker has put it there;
 * what the bytes are when it has been written is not said. */
struct loan {
    uint32_t start, length; /* bytes, from the start of the data */
    void *bytes;
    void (*give_back) (void *of);
    void *of;
};

struct loans {
    uint32_t n, room;
    struct loan *v; /* ascending, apart from each other and from holes */
};

struct request {
    enum work work;
    uint32_t flags; /* enum request_flag */
    uint64_t offset, count;
    union {
        void *data;             /* pread fills COUNT bytes */
        const void *payload;    /* pwrite takes COUNT bytes */
        struct extents *extents; /* extents adds to these */
    };
    struct holes *holes; /* pread: holes may be left unfilled and noted here; or NULL */
    struct loans *loans; /* pread: parts may be lent instead of filled in; pwrite: the payload is in
                            these if there are any; or NULL */
    bool at_once; /* fail with EAGAIN, having done nothing, rather than wait; heeded by whoever
                     says so (device_type.tries) */
    const char *context; /* extents: which metadata context; NULL is base:allocation */

    void (*done) (struct request *, int result); /* after LATER: 0 or -errno */
    struct request *parent; /* whoever split this request off may keep the whole here */
    struct task task;       /* its owner's, for putting it on a queue */
    struct device *device;  /* beside it: whose queue */

    struct error *error;   /* the asker's place for a sentence; may be NULL */
    uint64_t error_offset; /* where a failed pread stopped, if error_at */
    bool error_at;
    _Atomic bool cancelled; /* the client has gone: the answer will not be looked at */
};

/* Finish a request that was kept with LATER.  RESULT is 0 or -errno.  Any thread, but not
 * from inside the work function that is about to return LATER, and without locks held that
 * `done` could want; the request may be gone when this returns. */
void request_done (struct request *, int result);

/* Fail with a sentence: `return request_error (r, EIO, "...")`.  Returns -number. */
int request_error (struct request *, int number, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* A pread finds that LENGTH bytes from START (counted from the start of the data) are
 * zero: they are noted as a hole if the asker knows holes, else filled with zeroes. */
void request_hole (struct request *, uint64_t start, uint64_t length);

/* A pread lends this part instead of filling it in: only while request_may_lend says that
 * the asker takes one more. */
bool request_may_lend (const struct request *);
void request_lend (struct request *, const struct loan *);

/* Give back what was lent. */
void loans_give_back (struct loans *);

/* Fill in whatever was noted as a hole, for an asker that needs the bytes after all. */
void request_fill_holes (struct request *);

#endif
