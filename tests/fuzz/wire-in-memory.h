/* SPDX-License-Identifier: BSD-3-Clause */
/* wire-in-memory.h: one connection whose client is an array of bytes.
 *
 * No sockets, no threads, no pool: the fuzzer's input is what the client sends, in pieces
 * whose sizes it chooses too; what the server sends is thrown away.  Behind it is a small
 * disk in memory with holes, two metadata contexts and a place that cannot be read. */
#ifndef WIRE_IN_MEMORY_H
#define WIRE_IN_MEMORY_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wire/connection.h"
#include "wire/nbd.h"

enum { DISK_SIZE = 256 << 10, HOLE_END = 16 << 10, BROKEN_AT = 200 << 10 };

static uint8_t disk[DISK_SIZE];

static int disk_read (struct request *r) {
    uint64_t hole = r->offset < HOLE_END ? HOLE_END - r->offset : 0;

    if (r->offset <= BROKEN_AT && BROKEN_AT < r->offset + r->count) {
        r->error_at = true;
        r->error_offset = BROKEN_AT;
        return request_error (r, EIO, "the disk is broken at %d", BROKEN_AT);
    }
    memcpy (r->data, disk + r->offset, r->count);
    if (hole)
        request_hole (r, 0, hole < r->count ? hole : r->count);
    return 0;
}

static int disk_extents (struct request *r) {
    int full = 0;

    for (uint64_t at = 0; at < DISK_SIZE && full == 0; at += HOLE_END)
        full = extents_add (r->extents, at, HOLE_END, r->context ? 7 : at / HOLE_END % 4);
    return full < 0 ? full : 0;
}

static int disk_work (struct device *d, struct request *r) {
    (void) d;
    switch (r->work) {
    case WORK_pread: return disk_read (r);
    case WORK_pwrite: memcpy (disk + r->offset, r->payload, r->count); return 0;
    case WORK_zero: memset (disk + r->offset, 0, r->count); return 0;
    case WORK_extents: return disk_extents (r);
    default: return 0;
    }
}

static int disk_facts (struct device *d, struct facts *f, struct error *e) {
    (void) d, (void) e;
    f->get_size = DISK_SIZE;
    f->can_write = f->can_fast_zero = true;
    f->can_fua = f->can_cache = SUPPORT_NATIVE;
    f->block_size = (struct block_size){1, 4096, 32 << 20};
    if ((f->contexts = calloc (2, sizeof *f->contexts)))
        f->contexts[0] = strdup ("x-toy:colour");
    return facts_describe (f, "a disk");
}

static const struct device_type disk_type = {
    .name = "disk",
    .work = {[WORK_pread] = disk_work,
             [WORK_pwrite] = disk_work,
             [WORK_flush] = disk_work,
             [WORK_trim] = disk_work,
             [WORK_zero] = disk_work,
             [WORK_extents] = disk_work,
             [WORK_cache] = disk_work},
    .facts = disk_facts,
};

static struct host host = {.log = {.program = "fuzz", .to = LOG_TO_NULL}};

static struct device *service_open (void *of, const struct session *s, struct error *error) {
    (void) of;
    if (s->export_name[0] == '!') {
        error_set (error, ENOENT, "there is no export '%s'", s->export_name);
        return NULL;
    }
    return device_new (&disk_type, NULL, NULL, &host, error);
}

static int service_list (void *of, const struct session *s, struct exports *list,
                         struct error *error) {
    (void) of, (void) s;
    return exports_add (list, "disk", "a disk", error);
}

static const struct service service = {
    .host = &host, .open = service_open, .list_exports = service_list};

/* What the client sends: a beginning that the test chose, then the fuzzer's. */
struct script {
    const uint8_t *begin, *bytes;
    size_t begin_n, n;
    uint8_t piece; /* at most so many at once; 0 for all */
};

static ssize_t script_recvv (struct transport *t, const struct iovec *iov, int count) {
    struct script *s = t->of;
    const uint8_t **from = s->begin_n ? &s->begin : &s->bytes;
    size_t *left = s->begin_n ? &s->begin_n : &s->n, given = 0;
    size_t most = s->piece && s->piece < *left ? s->piece : *left;

    for (int i = 0; i < count && given < most; i++) {
        size_t n = most - given < iov[i].iov_len ? most - given : iov[i].iov_len;
        memcpy (iov[i].iov_base, *from + given, n);
        given += n;
    }
    *from += given;
    *left -= given;
    return (ssize_t) given;
}

/* Look at what is sent, so that the sanitizers do. */
static ssize_t script_sendv (struct transport *t, const struct iovec *iov, int count) {
    static volatile uint8_t sum;
    ssize_t n = 0;

    (void) t;
    for (int i = 0; i < count; i++)
        for (size_t j = 0; j < iov[i].iov_len; j++, n++)
            sum = (uint8_t) (sum + ((const uint8_t *) iov[i].iov_base)[j]);
    return n;
}

static void script_end (struct transport *t) {
    (void) t;
}

static const struct transport_type script_type = {.name = "script",
                                                  .recvv = script_recvv,
                                                  .sendv = script_sendv,
                                                  .hangup = script_end,
                                                  .close = script_end};

static void connection_left (struct common *common, struct connection *c) {
    (void) common;
    free (c);
}

static void serve_script (struct script *script, const struct wire_options *options) {
    static struct common common;
    struct transport t = {.type = &script_type, .in = -1, .out = -1, .of = script};
    struct connection *c;

    common.service = &service;
    common.options = *options;
    common.left = connection_left;
    if (!(c = connection_new (&common)))
        return;
    connection_init (c, &t, 1);
    connection_work (c);
    slabs_clear (&common.slabs); /* so that the next input finds fresh memory */
    shelf_clear (&common.commands, command_discard);
}

#endif
