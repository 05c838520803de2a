/* SPDX-License-Identifier: BSD-3-Clause */
/* transmission.c: requests understood, run, and collected when they are finished.
 *
 * A payload of ordinary size is used where it was received; a large one is received where
 * it stays.  What was wrong with a request is found out when it is parsed, but answered in
 * its turn, so that a step does nothing but understand. */
#include "transmission.h"

#include <errno.h>
#include <string.h>

#include "../strand.h"
#include "connection.h"
#include "nbd.h"
#include "reply.h"
#include "request_header.h"

enum {
    SKIP_MAX = 4 * REQUEST_COUNT_MAX, /* a longer payload nobody wants ends the connection */
    STATUS_CHARGE = 8 << 20,          /* what the answer to a BLOCK_STATUS may take */
    STATUS_PAYLOAD_MAX = 64 << 10,
    TRY_MOST = 32 << 10, /* bytes */
};

/* Finishing */

static void unlink_running (struct connection *c, struct command *k) {
    c->running_n--;
    if (k->younger)
        k->younger->older = k->older;
    else
        c->running = k->older;
    if (k->older)
        k->older->younger = k->younger;
}

static void link_running (struct connection *c, struct command *k) {
    c->running_n++;
    k->younger = NULL;
    k->older = c->running;
    if (k->older)
        k->older->younger = k;
    c->running = k;
}

/* After LATER, from any thread, perhaps inside a strand: only say so.  Once it is on the
 * list the owner may finish it, and the connection with it: hence the reference. */
static void command_done (struct request *r, int result) {
    struct command *k = container_of (r, struct command, request);
    struct connection *c = k->connection;

    atomic_fetch_add (&c->references, 1);
    k->result = result;
    k->next = atomic_load (&c->done);
    while (!atomic_compare_exchange_weak (&c->done, &k->next, k))
        ;
    connection_wake (c);
    connection_unref (c);
}

/* Parsing */

/* What the command will hold while it is in flight. */
static uint64_t charge_of (const struct header *h) {
    switch (h->type) {
    case NBD_CMD_READ:
    case NBD_CMD_WRITE: return h->length <= REQUEST_COUNT_MAX ? h->length : 0;
    case NBD_CMD_BLOCK_STATUS:
        return h->flags & NBD_CMD_FLAG_REQ_ONE ? sizeof (struct status) : STATUS_CHARGE;
    default: return 0;
    }
}

static bool is_full (const struct connection *c, uint64_t charge) {
    return c->commands >= CONNECTION_COMMANDS ||
           (c->bytes > 0 && c->bytes + charge > CONNECTION_BYTES);
}

static void next_request (struct connection *c) {
    step_next (c, c->style == REPLY_EXTENDED ? STEP_EXTENDED_REQUEST : STEP_REQUEST);
}

static void fail (struct command *k, int result) {
    k->is_checked = true;
    k->result = result;
}

static void add_to_batch (struct connection *c, struct command *k) {
    if (k->request.work != WORK_pwrite || k->request.count <= COMMAND_OWN)
        c->input.expects_large = false;
    if (!k->is_checked && k->request.work == WORK_pread && k->request.count <= COMMAND_OWN)
        c->batch_bytes += (k->request.count + 63) & ~UINT64_C (63);
    commands_push (&c->batch, k);
    next_request (c);
}

/* Where a large payload will lie: in what the device lends, or in a slab of its own.  How many
 * pieces that is, 0 when out of memory. */
static unsigned pieces_for_payload (struct connection *c, struct command *k) {
    struct request *r = &k->request;

    device_lend_room (c->device, r);
    for (unsigned i = 0; i < k->loans.n; i++)
        k->pieces[i] = (struct iovec){k->loans.v[i].bytes, k->loans.v[i].length};
    if (k->loans.n > 0)
        return k->loans.n;
    if (!(k->slab = slab_new (&c->common->slabs, (uint32_t) r->count)))
        return 0;
    r->payload = k->slab->data;
    k->pieces[0] = (struct iovec){k->slab->data, r->count};
    return 1;
}

/* A payload follows: choose where it goes. */
static void await_payload (struct connection *c, struct command *k, const struct header *h) {
    unsigned n = 0;

    if (!k->is_checked && h->type == NBD_CMD_BLOCK_STATUS && h->payload > STATUS_PAYLOAD_MAX)
        fail (k, error_set (&k->error, EINVAL, "BLOCK_STATUS: too many contexts"));
    if (!k->is_checked && h->type == NBD_CMD_WRITE && h->payload > COMMAND_OWN &&
        !(n = pieces_for_payload (c, k)))
        fail (k, error_set (&k->error, ENOMEM, "out of memory"));
    if (k->is_checked) {
        c->input.skip = h->payload;
        add_to_batch (c, k);
        return;
    }
    c->receiving = k;
    if (n > 0) {
        input_fill (&c->input, k->pieces, n);
        step_next (c, STEP_FILLED);
    } else {
        step_next_wanting (c, h->type == NBD_CMD_WRITE ? STEP_PAYLOAD : STEP_STATUS_PAYLOAD,
                           h->payload);
    }
}

static struct command *command_for (struct connection *c, const struct header *h) {
    struct command *k = command_new (&c->spare, &c->common->commands, c);

    if (!k)
        return NULL;
    k->cookie = h->cookie;
    k->type = h->type;
    k->flags = h->flags;
    k->charge = charge_of (h);
    k->request.offset = h->offset;
    k->request.count = h->length;
    k->request.done = command_done;
    c->commands++;
    c->bytes += k->charge;
    return k;
}

/* BLOCK_STATUS without a payload asks about every context that was selected. */
static int select_all (struct connection *c, struct command *k) {
    if (!command_status (k, c->contexts.n))
        return error_set (&k->error, ENOMEM, "out of memory");
    for (unsigned i = 0; i < c->contexts.n; i++)
        k->status->selected[i] = i;
    return 0;
}

static void understand (struct connection *c, struct command *k, const struct header *h) {
    int r = header_check (h, c, &k->error);

    if (r == 0) {
        k->request.work = header_work (h);
        k->request.flags = header_request_flags (h);
        k->request.loans = &k->loans;
        if (h->type == NBD_CMD_READ && c->style != REPLY_SIMPLE &&
            !(h->flags & NBD_CMD_FLAG_DF))
            k->request.holes = &k->holes;
        if (h->type == NBD_CMD_BLOCK_STATUS && !h->payload)
            r = select_all (c, k);
    }
    if (r < 0)
        fail (k, r);
}

static enum took end (struct connection *c, const char *why) {
    if (why)
        connection_error (c, "%s", why);
    connection_stop (c);
    return STEP_TAKEN;
}

enum took transmission_request (struct connection *c, const uint8_t *bytes) {
    struct header h;
    struct command *k;

    if (!header_parse (&h, bytes, c->style == REPLY_EXTENDED))
        return end (c, "a request does not begin with the magic number");
    if (h.type == NBD_CMD_DISC)
        return end (c, NULL);
    if (h.payload > SKIP_MAX)
        return end (c, "a payload is far too long");
    if (is_full (c, charge_of (&h)))
        return STEP_STALLED;
    if (!(k = command_for (c, &h)))
        return end (c, "out of memory");
    input_pass (&c->input, c->want);
    understand (c, k, &h);
    if (h.payload)
        await_payload (c, k, &h);
    else
        add_to_batch (c, k);
    return STEP_TAKEN;
}

static struct command *received (struct connection *c) {
    struct command *k = c->receiving;

    c->receiving = NULL;
    return k;
}

enum took transmission_payload (struct connection *c, const uint8_t *bytes) {
    struct command *k = received (c);

    input_pass (&c->input, c->want);
    k->slab = slab_ref (c->input.slab);
    k->request.payload = bytes;
    add_to_batch (c, k);
    return STEP_TAKEN;
}

enum took transmission_filled (struct connection *c, const uint8_t *bytes) {
    (void) bytes;
    add_to_batch (c, received (c));
    return STEP_TAKEN;
}

static bool is_selected_before (const struct status *s, unsigned n, uint32_t index) {
    for (unsigned i = 0; i < n; i++)
        if (s->selected[i] == index)
            return true;
    return false;
}

/* "BLOCK_STATUS ... payload": an effect length, and the IDs that are asked about. */
static int select_some (struct connection *c, struct command *k, const uint8_t *bytes,
                        size_t size) {
    size_t n = size < 8 ? 0 : (size - 8) / 4;

    if (n == 0 || size != 8 + n * 4 || n > c->contexts.n)
        return error_set (&k->error, EINVAL,
                          "BLOCK_STATUS: the choice of contexts is malformed");
    k->request.count = load64 (bytes);
    if (k->request.count == 0)
        return error_set (&k->error, EINVAL, "BLOCK_STATUS: no bytes are asked about");
    if (!command_status (k, (unsigned) n))
        return error_set (&k->error, ENOMEM, "out of memory");
    for (unsigned i = 0; i < n; i++) {
        uint32_t id = load32 (bytes + 8 + i * 4), index = 0;
        while (index < c->contexts.n && c->contexts.v[index].id != id)
            index++;
        if (index == c->contexts.n || is_selected_before (k->status, i, index))
            return error_set (&k->error, EINVAL, "BLOCK_STATUS: context %u was not selected",
                              id);
        k->status->selected[i] = index;
    }
    return 0;
}

enum took transmission_status_payload (struct connection *c, const uint8_t *bytes) {
    struct command *k = received (c);
    int r;

    input_pass (&c->input, c->want);
    if ((r = select_some (c, k, bytes, c->want)) < 0)
        fail (k, r);
    add_to_batch (c, k);
    return STEP_TAKEN;
}

/* Running */

/* Room for a read's data: part of the batch's slab, or one of its own. */
static bool make_room (struct connection *c, struct command *k, struct slab **slab) {
    uint64_t n = k->request.count;

    if (n > COMMAND_OWN) {
        if ((k->slab = slab_new (&c->common->slabs, (uint32_t) n)))
            k->request.data = k->slab->data;
        return k->slab;
    }
    if (!*slab || !(k->request.data = slab_part (*slab, (uint32_t) n))) {
        uint64_t rest = c->batch_bytes < SLAB_LARGE ? c->batch_bytes : SLAB_LARGE;
        slab_unref (*slab);
        if (!(*slab = slab_new (&c->common->slabs, (uint32_t) rest)))
            return false;
        k->request.data = slab_part (*slab, (uint32_t) n);
    }
    c->batch_bytes -= (n + 63) & ~UINT64_C (63);
    k->slab = slab_ref (*slab);
    return true;
}

/* The next context to ask about. */
static void aim_status (struct connection *c, struct command *k) {
    struct status *s = k->status;
    const char *name = c->contexts.v[s->selected[s->now]].name;
    struct extents *e = &s->extents[s->now];

    extents_init (e, k->request.offset, k->request.count, k->request.flags & REQUEST_REQ_ONE);
    k->request.extents = e;
    k->request.context = strcmp (name, "base:allocation") == 0 ? NULL : name;
}

/* A context has been answered: 0 all have been, 1 there is another, -errno. */
static int next_status (struct connection *c, struct command *k) {
    struct status *s = k->status;
    struct extents *e = &s->extents[s->now];

    if (e->n == 0)
        return error_set (&k->error, EIO, "BLOCK_STATUS: the device told nothing");
    if (++s->now == s->n)
        return 0;
    aim_status (c, k);
    return 1;
}

/* Have the device do it, or as much as it does before it says LATER. */
static int ask (struct connection *c, struct command *k, int result) {
    for (;;) {
        if (result != 0 || !k->status)
            return result;
        if ((result = next_status (c, k)) <= 0)
            return result;
        result = device_start (c->device, &k->request);
    }
}

static void finish (struct connection *c, struct command *k, int result) {
    unlink_running (c, k);
    k->result = result;
    reply_push (c, k);
}

void transmission_collect (struct connection *c) {
    struct command *k, *next, *oldest = NULL;

    if (!atomic_load_explicit (&c->done, memory_order_relaxed))
        return;
    for (k = atomic_exchange (&c->done, NULL); k; k = next) { /* newest first: turn it round */
        next = k->next;
        k->next = oldest;
        oldest = k;
    }
    for (k = oldest; k; k = next) {
        int result;
        next = k->next;
        if ((result = ask (c, k, k->result)) != LATER)
            finish (c, k, result);
    }
}

/* Everything that can be said without the device's work.  True: it must be asked. */
static bool prepare (struct connection *c, struct command *k, struct slab **slab) {
    int result = k->is_checked ? k->result : device_check (c->device, &k->request);

    if (result == 0 && !k->is_checked &&
        (k->request.count > 0 || k->request.work == WORK_flush)) {
        if (k->request.work != WORK_pread || make_room (c, k, slab)) {
            if (k->status)
                aim_status (c, k);
            return true;
        }
        result = error_set (&k->error, ENOMEM, "out of memory");
    }
    k->result = result;
    return false;
}

/* On another thread.  The command is finished like one that was kept. */
static void shared_run (struct task *task) {
    struct request *r = container_of (task, struct request, task);
    struct command *k = container_of (r, struct command, request);
    int result = device_start (k->connection->device, r);

    if (result != LATER)
        command_done (r, result);
}

/* What need not wait is done here and now, for handing it on would cost more; but a long
 * copy is worth a thread of its own.  -EAGAIN: it would have waited. */
static int try (struct connection *c, struct command *k) {
    struct request *r = &k->request;
    const struct device *d = c->device->slots[r->work].device;
    int result;

    if (!(d->type->tries >> r->work & 1) || r->count > TRY_MOST)
        return -EAGAIN;
    r->at_once = true;
    result = device_start (c->device, r);
    r->at_once = false;
    return result;
}

static void run (struct connection *c, struct command *k, bool share) {
    int result;

    link_running (c, k);
    result = share ? try (c, k) : device_start (c->device, &k->request);
    if (share && result == -EAGAIN) {
        k->request.task.run = shared_run;
        (c->batch.n > 0 ? pool_share : pool_keep) (c->common->service->host->pool,
                                                   &k->request.task);
    } else if ((result = ask (c, k, result)) != LATER) {
        finish (c, k, result);
    }
}

void transmission_run (struct connection *c) {
    struct device *d = c->device;
    struct slab *slab = NULL;
    struct command *k;
    bool entered, share;

    if (c->batch.n == 0)
        return;
    look_ran (&c->look, c->batch.n);
    entered = d->strand && strand_enter (d->strand, NULL);
    share = d->may_block && !d->strand;
    while ((k = commands_pop (&c->batch))) {
        if (prepare (c, k, &slab))
            run (c, k, share && (c->batch.n > 0 || d->may_take_long));
        else
            reply_push (c, k);
    }
    if (entered)
        strand_leave (d->strand);
    slab_unref (slab);
    c->batch_bytes = 0;
}
