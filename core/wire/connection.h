/* SPDX-License-Identifier: BSD-3-Clause */
/* connection.h: one client, from the first byte to the last.
 *
 * A thread that has claimed the connection's turn owns it, and looks after it until
 * nothing is left to do: it receives, takes the steps that the bytes allow, runs the
 * commands that came of them, sends what is finished.  Everybody else leaves a signal, or
 * a finished command on the done list, and wakes it.
 *
 *      turn, signals, done, references, armed     any thread
 *      everything else                            the owner of the turn
 *
 * Its memory is never given back while the wire lives, so an event that comes late finds
 * an owned turn, or at worst another client's connection, which then looks for nothing. */
#ifndef STELE_CONNECTION_H
#define STELE_CONNECTION_H

#include "../hostile.h"
#include "../pool.h"
#include "command.h"
#include "input.h"
#include "look.h"
#include "steps.h"
#include "turn.h"
#include "watched.h"
#include "wire.h"

enum {
    CONNECTION_COMMANDS = TINY (COMMANDS, 512), /* in flight, until their replies are sent */
    CONNECTION_BYTES = TINY (COMMAND_BYTES, 128 << 20), /* of data that they hold */
    CONNECTION_OPTIONS = 4096,     /* in one handshake */
    CONNECTION_UNSENT = TINY (UNSENT, 256 << 10), /* bytes of option replies; then it waits */
};

/* News for the owner. */
enum signal {
    SIGNAL_HANGUP = 1,  /* the client may have gone; see for yourself */
    SIGNAL_EXPIRED = 2, /* the handshake has taken too long */
    SIGNAL_FINISH = 4,  /* finish what is in flight, take nothing new, end */
    SIGNAL_LEAVE = 8,   /* send what is in flight, read nothing more, end */
    SIGNAL_DROP = 16,   /* end at once */
};

/* What all connections of a wire share. */
struct common {
    const struct service *service;
    struct wire_options options;
    struct slabs slabs;
    struct shelf commands;
    struct crowd crowd;

    /* The last reference is gone: the struct may be used again. */
    void (*left) (struct common *, struct connection *);
};

/* A metadata context that the client has selected. */
struct context {
    uint32_t id;
    char *name; /* "base:allocation", or one that the device declares */
};

struct contexts {
    char *export_name; /* for which they were selected; NULL if none was named */
    unsigned n;
    struct context *v;
};

enum reply_style { REPLY_SIMPLE, REPLY_STRUCTURED, REPLY_EXTENDED };

struct connection {
    struct turn turn;
    _Atomic unsigned signals;
    _Atomic (struct command *) done; /* newest first */
    _Atomic unsigned references;     /* the connection itself, and its timer */
    struct common *common;
    struct task task;                /* whoever claims the turn may post it */
    struct watched in, out;          /* OUT only where it is another descriptor */
    struct connection *next, **link; /* the wire's list */
    void (*when_ended) (void *);     /* the wire's, for its caller */
    void *ended_of;

    struct transport transport;
    struct input input;
    struct output output;
    enum step step; /* what happens when the next WANT bytes are there */
    size_t want;
    bool is_reading; /* more is wanted from the client */
    bool is_gone;    /* nothing can be sent any more */
    bool is_stalled; /* a bound is reached: the next step waits for something to leave */
    bool is_drained; /* nothing more to receive, until the next event */
    bool is_finishing;
    bool timer_runs;
    struct timer timer;
    struct look look;

    /* The handshake. */
    uint32_t client_flags, option;
    uint32_t option_length;
    unsigned options; /* how many there have been */
    struct session session;
    char *export_name; /* of the device that is open; session's; NULL before */
    struct device *device;
    bool asks_noticed; /* session's: it was not opened for requests */
    struct contexts contexts;
    enum reply_style style;

    /* Transmission. */
    bool is_negotiated;
    uint16_t flags;            /* transmission flags */
    struct command *spare;     /* a chain */
    struct command *receiving; /* whose payload is arriving */
    struct commands batch;     /* understood, not run yet */
    uint64_t batch_bytes;      /* of small reads in it */
    struct command *running;   /* the youngest */
    unsigned commands, running_n;
    uint64_t bytes;
    uint64_t answered; /* bytes that were to be sent at the end of the last round */
};

struct connection *connection_new (struct common *); /* NULL when out of memory */

/* Begin with a client over a transport, which it takes over; C is new or has been left.
 * The caller owns the turn and gives it away with connection_work, perhaps by its task. */
void connection_init (struct connection *, const struct transport *, uint64_t number);

/* Look after it until there is nothing to do, then let go of the turn. */
void connection_work (struct connection *);

/* Leave signals and wake it, from any thread that knows it to be there. */
void connection_signal (struct connection *, unsigned signals);
void connection_wake (struct connection *);

/* For steps: read nothing more; end when what is in flight is finished and sent. */
void connection_stop (struct connection *);

/* For steps: let the clock of the handshake and the events begin; it is over.  0 or
 * -errno. */
int connection_started (struct connection *);
void connection_negotiated (struct connection *);

void connection_unref (struct connection *);

/* A line for people: "nbd[3]" is put before it. */
void connection_error (const struct connection *, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));
void connection_failure (const struct connection *, const struct error *); /* unless told */
void connection_debug (const struct connection *, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

#endif
