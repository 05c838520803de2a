/* SPDX-License-Identifier: BSD-3-Clause */
/* command.h: one command of a client, from its header to the end of its reply.
 *
 *      free ─▶ parsed ─▶ batch ─▶ running ─▶ (done list) ─▶ reply in output ─▶ free
 *
 * It holds everything that its request and its reply point to.  Only the owner of the
 * connection's turn moves it; the one exception is the done list, onto which whoever
 * finishes a request that was kept pushes it. */
#ifndef STELE_COMMAND_H
#define STELE_COMMAND_H

#include "../hostile.h"
#include "../request.h"
#include "output.h"
#include "slab.h"

struct connection;

enum {
    COMMAND_HOLES = TINY (HOLES, 16), /* holes that one read can note */
    COMMAND_LOANS = TINY (LOANS, 9),  /* parts that can be lent to one: 256 KiB in pages */
    COMMAND_HEAD = 64,      /* bytes in which a reply's own header fits */
    COMMAND_OWN = TINY (OWN, 64 << 10), /* data larger than this gets a slab of its own */
};

/* The answers to a BLOCK_STATUS, a run of extents for each context asked for. */
struct status {
    unsigned n, now;    /* how many contexts; which one is being asked */
    uint32_t *selected; /* indices among the connection's contexts */
    struct extents extents[];
};

struct command {
    struct command *next;            /* on the free, batch or done list */
    struct command *younger, *older; /* among the running ones */
    struct connection *connection;
    uint64_t cookie;
    uint64_t charge; /* bytes that it is counted for */
    uint16_t type, flags;
    bool is_checked; /* it was found wrong, or already done, when it was parsed: RESULT */
    int result;

    struct request request;
    struct packet packet;
    struct slab *slab;     /* where the data lies, or NULL */
    void *chunks;          /* memory of its own for a reply of many pieces, or NULL */
    struct status *status; /* BLOCK_STATUS, or NULL */
    struct holes holes;
    struct hole hole_room[COMMAND_HOLES];
    struct loans loans;
    struct loan loan_room[COMMAND_LOANS];
    struct iovec pieces[2 + 2 * COMMAND_LOANS]; /* a header; and data around what is lent */
    uint8_t head[COMMAND_HEAD];
    struct error error; /* last: a command that succeeds touches only its beginning */
};

/* A list of commands; also what is kept on a shelf is such a list. */
struct commands {
    struct command *first, **last;
    unsigned n;
};

void commands_init (struct commands *);
void commands_push (struct commands *, struct command *);
struct command *commands_pop (struct commands *);

/* A chain, as it is kept on a shelf: free them all. */
void command_discard (void *chain);

/* From the chain, the shelf, or new.  NULL when out of memory. */
struct command *command_new (struct command **chain, struct shelf *, struct connection *);

/* Let go of what it holds and put it on the chain. */
void command_release (struct command *, struct command **chain);

/* Put an idle connection's chain away. */
void command_put_away (struct command **chain, struct shelf *);

/* Room for N contexts; false when out of memory. */
bool command_status (struct command *, unsigned n);

#endif
