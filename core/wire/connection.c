/* SPDX-License-Identifier: BSD-3-Clause */
/* connection.c: one client, from the first byte to the last.
 *
 * The owner goes round: signals, finished commands, steps, the batch, what is to be sent;
 * until a whole round brought nothing, and then it lets go.  What the bytes mean is the
 * steps' affair; what becomes of commands is transmission.c's. */
#include "connection.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "export.h"
#include "meta_context.h"
#include "transmission.h"

enum { ROUNDS = TINY (ROUNDS, 32) }; /* before it is asked if others want the thread */
enum { AWAIT_AFTER = TINY (AWAIT_AFTER, 128 << 10), AWAIT_NS = 200000 }; /* bytes; how long */

static void say (void (*to) (const struct log *, const char *, const char *, va_list),
                 const struct connection *c, const char *format, va_list args) {
    char who[32];

    snprintf (who, sizeof who, "nbd[%ju]", (uintmax_t) c->session.number);
    to (&c->common->service->host->log, who, format, args);
}

void connection_error (const struct connection *c, const char *format, ...) {
    va_list args;

    va_start (args, format);
    say (log_verror, c, format, args);
    va_end (args);
}

void connection_failure (const struct connection *c, const struct error *error) {
    if (!error->told)
        connection_error (c, "%s", error->text);
}

void connection_debug (const struct connection *c, const char *format, ...) {
    va_list args;

    if (!c->common->service->host->log.verbose)
        return;
    va_start (args, format);
    say (log_vdebug, c, format, args);
    va_end (args);
}

static struct pool *pool_of (const struct connection *c) {
    return c->common->service->host->pool;
}

void connection_unref (struct connection *c) {
    if (atomic_fetch_sub (&c->references, 1) == 1) {
        c->transport.type->close (&c->transport);
        c->common->left (c->common, c);
    }
}

/* Waking */

static void work_task (struct task *task) {
    connection_work (container_of (task, struct connection, task));
}

void connection_wake (struct connection *c) {
    if (turn_claim (&c->turn))
        pool_post (pool_of (c), &c->task);
}

void connection_signal (struct connection *c, unsigned signals) {
    atomic_fetch_or (&c->signals, signals);
    connection_wake (c);
}

static void ready (struct connection *c, uint32_t events) {
    if (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP))
        atomic_fetch_or (&c->signals, SIGNAL_HANGUP);
    if (turn_claim (&c->turn))
        connection_work (c);
}

static void in_ready (struct source *source, uint32_t events) {
    struct connection *c = container_of (source, struct connection, in.source);

    watched_disarm (&c->in);
    ready (c, events);
}

static void out_ready (struct source *source, uint32_t events) {
    struct connection *c = container_of (source, struct connection, out.source);

    watched_disarm (&c->out);
    ready (c, events);
}

static void disconnect (const struct session *session, bool force) {
    struct connection *c = session->connection;

    if (c->session.number == session->number) /* else it has gone, and this is the next one */
        connection_signal (c, force ? SIGNAL_DROP : SIGNAL_LEAVE);
}

/* The clock of the handshake.  The owner may be stuck in a script: the client hears of it
 * all the same. */
static void handshake_expired (struct task *task) {
    struct connection *c = container_of (task, struct connection, timer.task);

    c->transport.type->hangup (&c->transport);
    connection_signal (c, SIGNAL_EXPIRED);
    connection_unref (c);
}

/* Beginning */

struct connection *connection_new (struct common *common) {
    struct connection *c = calloc (1, sizeof *c);

    if (!c)
        return NULL;
    c->turn.state = TURN_OWNED;
    c->common = common;
    c->task.run = work_task;
    c->in.source.ready = in_ready;
    c->out.source.ready = out_ready;
    return c;
}

void connection_init (struct connection *c, const struct transport *transport,
                      uint64_t number) {
    memset ((char *) c + offsetof (struct connection, transport), 0,
            sizeof *c - offsetof (struct connection, transport));
    atomic_store (&c->signals, 0);
    atomic_store (&c->done, NULL);
    atomic_store (&c->references, 1);
    c->in.source.fd = transport->in;
    c->out.source.fd = transport->out == transport->in ? -1 : transport->out;
    c->transport = *transport;
    output_init (&c->output, c);
    commands_init (&c->batch);
    c->is_reading = true;
    c->timer.task.run = handshake_expired;
    c->session = (struct session){.number = number,
                                  .export_name = "",
                                  .readonly = c->common->options.readonly,
                                  .socket = transport->is_socket ? transport->in : -1,
                                  .disconnect = disconnect,
                                  .connection = c};
    step_next (c, STEP_START);
    atomic_store (&c->turn.state, TURN_OWNED);
}

static uint32_t wanted_in (const struct connection *c) {
    return c->is_reading && !c->is_stalled ? EPOLLIN | EPOLLRDHUP : 0;
}

static uint32_t wanted_out (const struct connection *c) {
    return output_is_empty (&c->output) ? 0 : EPOLLOUT;
}

/* About to be let go of: the next event wakes it.  That the client has gone is told in any
 * case, and once that is known there is only to wait for requests. */
static void rearm (struct connection *c) {
    struct pool *pool = pool_of (c);

    if (c->is_gone)
        return;
    if (c->out.source.fd < 0) {
        watched_rearm (&c->in, pool, wanted_in (c) | wanted_out (c));
        return;
    }
    if (wanted_in (c)) /* a pipe that has come to its end would only say so again */
        watched_rearm (&c->in, pool, wanted_in (c));
    watched_rearm (&c->out, pool, wanted_out (c));
}

/* From here on events find it. */
static int begin_watching (struct connection *c) {
    int r = watched_begin (&c->in, pool_of (c), EPOLLIN | EPOLLRDHUP);

    return r < 0 ? r : watched_begin (&c->out, pool_of (c), 0);
}

static void timer_start (struct connection *c) {
    if (c->common->options.handshake_ns == 0)
        return;
    atomic_fetch_add (&c->references, 1);
    c->timer_runs = true;
    pool_timer (pool_of (c), &c->timer, c->common->options.handshake_ns);
}

/* Where it cannot be cancelled any more it is about to run, and lets go by itself. */
static void timer_stop (struct connection *c) {
    if (c->timer_runs && pool_timer_cancel (pool_of (c), &c->timer))
        connection_unref (c);
    c->timer_runs = false;
}

int connection_started (struct connection *c) {
    timer_start (c);
    return begin_watching (c);
}

void connection_negotiated (struct connection *c) {
    c->is_negotiated = true;
    timer_stop (c);
}

/* Ending */

void connection_stop (struct connection *c) {
    c->is_reading = false;
}

static void cancel_running (struct connection *c) {
    for (struct command *k = c->running; k; k = k->older)
        k->request.cancelled = true;
}

/* Nothing can be sent any more: drop what waits to be.  Cancel what runs, unless the client
 * said goodbye and meant it to be finished. */
static void connection_drop (struct connection *c) {
    if (c->is_reading)
        cancel_running (c);
    c->is_gone = true;
    c->is_reading = false;
    output_drop (&c->output);
}

static bool has_ended (const struct connection *c) {
    return !c->is_reading && c->running_n == 0 && output_is_empty (&c->output);
}

/* Every request is finished.  The turn is never let go of, so late events find it taken. */
static void connection_finish (struct connection *c) {
    timer_stop (c);
    watched_end (&c->in, pool_of (c));
    watched_end (&c->out, pool_of (c));
    if (c->receiving)
        command_release (c->receiving, &c->spare);
    input_clear (&c->input);
    command_put_away (&c->spare, &c->common->commands);
    export_close (c);
    contexts_clear (&c->contexts);
    c->transport.type->hangup (&c->transport);
    connection_debug (c, "the client has left");
    connection_unref (c);
}

/* The rounds */

static void heed_signals (struct connection *c) {
    unsigned signals = atomic_exchange (&c->signals, 0);

    if (signals & SIGNAL_EXPIRED && !c->is_negotiated) {
        connection_error (c, "the handshake took too long");
        connection_drop (c);
    }
    if (signals & SIGNAL_DROP) {
        connection_drop (c);
        cancel_running (c);
    }
    if (signals & SIGNAL_LEAVE || (signals & SIGNAL_FINISH && !c->is_negotiated))
        c->is_reading = false;
    if (signals & SIGNAL_FINISH)
        c->is_finishing = true;
    if (signals & SIGNAL_HANGUP && (!c->is_reading || c->is_stalled) &&
        transport_is_gone (&c->transport))
        connection_drop (c);
}

/* Take all the steps that the bytes and the bounds allow. */
static void take_steps (struct connection *c) {
    c->is_stalled = false;
    while (c->is_reading && input_has (&c->input, c->want))
        if (steps[c->step].take (c, input_bytes (&c->input)) == STEP_STALLED) {
            c->is_stalled = true;
            return;
        }
}

static void receive (struct connection *c) {
    ssize_t n = input_receive (&c->input, &c->transport, &c->common->slabs, c->want);

    if (n == -EAGAIN || (n > 0 && c->input.is_short && c->transport.type->short_is_all))
        c->is_drained = true;
    if (n > 0 || n == -EAGAIN)
        return;
    if (n < 0)
        connection_debug (c, "receiving: %s", strerror ((int) -n));
    if (n == 0 && c->transport.type->half_closes)
        connection_stop (c);
    else
        connection_drop (c);
}

static void flush (struct connection *c) {
    int r = output_send (&c->output, &c->transport);

    if (r < 0) {
        connection_debug (c, "sending: %s", strerror (-r));
        connection_drop (c);
    }
}

static bool is_done_waiting (struct connection *c) {
    return atomic_load_explicit (&c->done, memory_order_relaxed);
}

/* One round.  True: another may find more. */
static bool go_round (struct connection *c) {
    unsigned before;

    heed_signals (c);
    transmission_collect (c);
    take_steps (c);
    if (c->is_reading && !c->is_stalled && !c->is_drained) {
        receive (c);
        take_steps (c);
    }
    before = c->commands;
    transmission_run (c);
    if (!output_is_empty (&c->output))
        c->answered = c->output.bytes;
    if (c->is_gone)
        output_drop (&c->output);
    else
        flush (c);
    if (c->is_finishing && c->is_drained && c->running_n == 0)
        connection_stop (c);
    if (has_ended (c))
        return false;
    if (c->is_stalled)
        return c->commands < before || (!c->is_negotiated && output_is_empty (&c->output)) ||
               is_done_waiting (c);
    return (c->is_reading && !c->is_drained) || is_done_waiting (c);
}

/* There is nothing left to do but for what the client will say next. */
static bool only_client_is_awaited (const struct connection *c) {
    return c->is_reading && !c->is_stalled && c->running_n == 0 &&
           output_is_empty (&c->output) && c->transport.type->can_look;
}

/* Are the client's next commands already here? */
static bool look_again (struct connection *c) {
    struct look *l = &c->look;
    struct crowd *crowd = &c->common->crowd;
    uint64_t now, end;

    if (!only_client_is_awaited (c))
        return false;
    now = pool_clock_ns ();
    if (!look_is_worth (l, crowd, now))
        return false;
    end = look_end (l, crowd, now);
    for (;;) {
        c->is_drained = false;
        receive (c);
        if (!c->is_drained || c->input.is_short) {
            look_ended (l, crowd, true, pool_clock_ns ());
            return true;
        }
        if (end == now)
            return false;
        now = pool_clock_ns ();
        if (now >= end || look_is_disturbed (l, crowd))
            break;
    }
    look_ended (l, crowd, false, now);
    return false;
}

/* A client that was sent a lot takes it in while it sends the next commands: they will be here
 * very soon.  To wait for them here spares the event, which would wake another thread, on the
 * client's processor perhaps.  Signals are heeded when it is over. */
static bool await_briefly (struct connection *c) {
    struct pollfd fd = {.fd = c->transport.in, .events = POLLIN};
    struct timespec most = {.tv_nsec = AWAIT_NS};

    if (c->answered < AWAIT_AFTER || !only_client_is_awaited (c) ||
        look_is_disturbed (&c->look, &c->common->crowd))
        return false;
    c->answered = 0;
    c->is_drained = ppoll (&fd, 1, &most, NULL) <= 0;
    return !c->is_drained;
}

/* Keep little while nothing happens. */
static void rest (struct connection *c) {
    input_rest (&c->input, &c->common->slabs);
    command_put_away (&c->spare, &c->common->commands);
    look_left (&c->look, pool_clock_ns ());
}

void connection_work (struct connection *c) {
    unsigned rounds = 0;

    if (!is_done_waiting (c)) /* else it is not, or not only, the client who comes back */
        look_taken (&c->look, &c->common->crowd, pool_clock_ns ());
    do {
        c->is_drained = false;
        while (go_round (c) || (!has_ended (c) && (look_again (c) || await_briefly (c))))
            if (++rounds % ROUNDS == 0 && pool_of (c) && !pool_may_go_on (pool_of (c))) {
                pool_share (pool_of (c), &c->task);
                return;
            }
        if (has_ended (c)) {
            connection_finish (c);
            return;
        }
        rest (c);
        rearm (c);
    } while (!turn_release (&c->turn));
}
