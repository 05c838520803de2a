/* SPDX-License-Identifier: BSD-3-Clause */
/* hostile.h: the worst that the same code can meet, in the hostile build and no other.
 *
 * `configure --enable-hostile` makes it: sizes are tiny, sockets move a byte at a time,
 * requests are answered later by another thread, allocations fail.  What happens when it
 * runs is chosen by STELE_HOSTILE, see hostile.c; `make check-hostile` runs every test so.
 * In any other build all that is below is the normal value, or nothing. */
#ifndef STELE_HOSTILE_H
#define STELE_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

struct device;
struct request;

/* TINY (PAGE_BITS, 15) is 15, and TINY_PAGE_BITS in the hostile build. */
#ifdef HOSTILE
#define TINY(name, normal) TINY_##name
#else
#define TINY(name, normal) (normal)
#endif

/* So small that every "it does not fit" happens all the time, and as large as the code that
 * uses them needs at least. */
enum {
    TINY_COMMANDS = 16,           /* in flight on a connection */
    TINY_COMMAND_BYTES = 1 << 20, /* which they hold */
    TINY_UNSENT = 256,
    TINY_ROUNDS = 2,
    TINY_AWAIT_AFTER = 64,
    TINY_SLAB_SMALL = 256,
    TINY_SLAB_LARGE = 72 << 10, /* an option's data lies in one piece */
    TINY_SLABS_KEPT = 1 << 20,
    TINY_SHELF = 2,
    TINY_OWN = 1 << 10, /* data larger than this gets a slab of its own */
    TINY_HOLES = 2,
    TINY_LOANS = 4,
    TINY_PIECES = 3,
    TINY_CAUTIOUS = 3,
    TINY_STEP = 4 << 10, /* of the floor; devices want blocks of this size */
    TINY_ENOUGH = 2,     /* tasks before a strand is handed on */
    TINY_FIBERS = 1,
    TINY_RAM_PAGE_BITS = 9, /* the smallest block size that may be preferred */
    TINY_LEND_LEAST = 16,
    TINY_RAM_LOCKS = 64,    /* enough for a run of pages */
    TINY_PACKED_PAGE_BITS = 13, /* a sixteenth of it is a sector, and written as one */
    TINY_HOT_BLOCKS = 2,
    TINY_RADIX_BITS = 3,
    TINY_COW_GATES = 2,
    TINY_COW_PIECE = 64,
    TINY_LOOK_FOR_HOLES = 1 << 10,
    TINY_FILE_WINDOW = 1,
};

#ifdef HOSTILE

/* Is the socket said to be not ready, though it may be? */
bool hostile_stalls (void);

/* How many of ROOM bytes are received at most; 0 only of 0. */
size_t hostile_room (size_t room);

/* Some of the first bytes of IOV's N pieces, as the one piece FEW; or all, as they are.
 * How many pieces it is now. */
int hostile_few (const struct iovec **iov, int n, struct iovec *few);

/* True: the request is kept, and START will be called by another thread, soon. */
bool hostile_keeps (struct device *, struct request *,
                    int (*start) (struct device *, struct request *));

/* From now on this thread's allocations may fail. */
void hostile_thread (void);

/* Lua's allocator, which may fail like the others. */
void *hostile_lua (void *of, void *old, size_t old_size, size_t size);

#else

static inline bool hostile_stalls (void) {
    return false;
}

static inline size_t hostile_room (size_t room) {
    return room;
}

static inline int hostile_few (const struct iovec **iov, int n, struct iovec *few) {
    (void) iov, (void) few;
    return n;
}

static inline bool hostile_keeps (struct device *d, struct request *r,
                                  int (*start) (struct device *, struct request *)) {
    (void) d, (void) r, (void) start;
    return false;
}

static inline void hostile_thread (void) {
}

#endif
#endif
