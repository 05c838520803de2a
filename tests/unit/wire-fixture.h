/* SPDX-License-Identifier: BSD-3-Clause */
/* wire-fixture.h: what the tests of the wire stand on: a toy disk that answers at once, or
 * later from another thread, or when it is told to; a service that opens it; and a client
 * that speaks the protocol byte by byte, knowing nothing of the server's code but nbd.h. */
#ifndef WIRE_FIXTURE_H
#define WIRE_FIXTURE_H

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "pool.h"
#include "wire/door.h"
#include "wire/nbd.h"

#define CHECK(condition)                                                                       \
    do {                                                                                       \
        if (!(condition)) {                                                                    \
            printf ("not ok: %s: %s:%d: %s\n", test_name, __FILE__, __LINE__, #condition);     \
            exit (1);                                                                          \
        }                                                                                      \
    } while (0)

static const char *test_name = "";

enum { DISK_SIZE = 1 << 20, BROKEN_AT = 512 << 10, HOLE_END = 64 << 10 };
enum answer { AT_ONCE, LATER_ON, WHEN_TOLD };

/* The first 64K are a hole while nothing is written there; one byte in the middle cannot
 * be read. */
static struct toy {
    uint8_t disk[DISK_SIZE];
    _Atomic enum answer answer;
    atomic_bool is_written;
    atomic_int opens, closes, runs, cancelled;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct task_queue kept;
    bool is_over, is_told;
} toy;

static int toy_read (struct request *r) {
    uint64_t hole = r->offset < HOLE_END && !toy.is_written ? HOLE_END - r->offset : 0;

    if (r->offset <= BROKEN_AT && BROKEN_AT < r->offset + r->count) {
        r->error_at = true;
        r->error_offset = BROKEN_AT;
        return request_error (r, EIO, "the toy is broken here");
    }
    memcpy (r->data, toy.disk + r->offset, r->count);
    if (hole && hole < r->count)
        memset (r->data, 0xee, hole); /* whoever looks at a hole's bytes sees this */
    if (hole)
        request_hole (r, 0, hole < r->count ? hole : r->count);
    return 0;
}

static int toy_extents (struct request *r) {
    if (r->context) {
        CHECK (strcmp (r->context, "toy:colour") == 0);
        return extents_add (r->extents, 0, DISK_SIZE, 42) < 0 ? -EIO : 0;
    }
    if (extents_add (r->extents, 0, HOLE_END, EXTENT_HOLE | EXTENT_ZERO) < 0)
        return -EIO;
    return extents_add (r->extents, HOLE_END, DISK_SIZE - HOLE_END, 0) < 0 ? -EIO : 0;
}

static int toy_do (struct request *r) {
    toy.runs++;
    if (__atomic_load_n (&r->cancelled, __ATOMIC_RELAXED))
        toy.cancelled++;
    switch (r->work) {
    case WORK_pread: return toy_read (r);
    case WORK_pwrite: memcpy (toy.disk + r->offset, r->payload, r->count); return 0;
    case WORK_zero: memset (toy.disk + r->offset, 0, r->count); return 0;
    case WORK_extents: return toy_extents (r);
    default: return 0;
    }
}

static int toy_work (struct device *d, struct request *r) {
    (void) d;
    if (toy.answer == AT_ONCE)
        return toy_do (r);
    pthread_mutex_lock (&toy.lock);
    task_push (&toy.kept, &r->task);
    pthread_cond_broadcast (&toy.changed);
    pthread_mutex_unlock (&toy.lock);
    return LATER;
}

static void *toy_thread (void *of) {
    struct task *t;

    (void) of;
    pthread_mutex_lock (&toy.lock);
    while (!toy.is_over) {
        if ((toy.answer == WHEN_TOLD && !toy.is_told) || !(t = task_pop (&toy.kept))) {
            pthread_cond_wait (&toy.changed, &toy.lock);
            continue;
        }
        pthread_mutex_unlock (&toy.lock);
        struct request *r = container_of (t, struct request, task);
        request_done (r, toy_do (r));
        pthread_mutex_lock (&toy.lock);
    }
    pthread_mutex_unlock (&toy.lock);
    return NULL;
}

static void toy_tell (void) {
    pthread_mutex_lock (&toy.lock);
    toy.is_told = true;
    pthread_cond_broadcast (&toy.changed);
    pthread_mutex_unlock (&toy.lock);
}

static bool toy_may_write = true;

static int toy_facts (struct device *d, struct facts *f, struct error *e) {
    (void) d, (void) e;
    f->get_size = DISK_SIZE;
    f->can_write = toy_may_write;
    f->can_fua = SUPPORT_NATIVE;
    f->can_cache = SUPPORT_NATIVE;
    f->can_multi_conn = true;
    f->block_size = (struct block_size){1, 4096, 32 << 20};
    if (!(f->contexts = calloc (2, sizeof *f->contexts)))
        return -ENOMEM;
    f->contexts[0] = strdup ("toy:colour");
    return facts_describe (f, "a toy disk");
}

static void toy_close (struct device *d) {
    (void) d;
    toy.closes++;
}

static const struct device_type toy_type = {
    .name = "toy",
    .work = {[WORK_pread] = toy_work,
             [WORK_pwrite] = toy_work,
             [WORK_flush] = toy_work,
             [WORK_trim] = toy_work,
             [WORK_zero] = toy_work,
             [WORK_extents] = toy_work,
             [WORK_cache] = toy_work},
    .facts = toy_facts,
    .close = toy_close,
};

/* The service */

static struct host host = {.log = {.program = "test-wire", .to = LOG_TO_NULL}};

static struct device *service_open (void *of, const struct session *s, struct error *error) {
    struct device *d;

    (void) of;
    if (strcmp (s->export_name, "locked") == 0) {
        error_set (error, EACCES, "the export 'locked' is locked");
        return NULL;
    }
    if ((d = device_new (&toy_type, NULL, NULL, &host, error)))
        toy.opens++;
    return d;
}

static int service_list (void *of, const struct session *s, struct exports *list,
                         struct error *error) {
    int r = exports_add (list, "disk", "a toy disk", error);

    (void) of, (void) s;
    return r < 0 ? r : exports_add (list, "other", NULL, error);
}

static int service_default (void *of, const struct session *s, char **name, struct error *e) {
    (void) of, (void) s, (void) e;
    return (*name = strdup ("disk")) ? 0 : -ENOMEM;
}

static const struct service service = {.host = &host,
                                       .open = service_open,
                                       .list_exports = service_list,
                                       .default_export = service_default};

/* A transport that moves one byte at a time. */
static ssize_t drip_recvv (struct transport *t, const struct iovec *iov, int n) {
    while (n > 1 && iov->iov_len == 0)
        iov++, n--;
    return transport_socket.recvv (t, &(struct iovec){iov->iov_base, iov->iov_len > 0}, 1);
}

static ssize_t drip_sendv (struct transport *t, const struct iovec *iov, int n) {
    while (n > 1 && iov->iov_len == 0)
        iov++, n--;
    return transport_socket.sendv (t, &(struct iovec){iov->iov_base, iov->iov_len > 0}, 1);
}

static void drip_hangup (struct transport *t) {
    transport_socket.hangup (t);
}

static void drip_close (struct transport *t) {
    transport_socket.close (t);
}

static const struct transport_type drip = {
    .name = "drip",
    .recvv = drip_recvv,
    .sendv = drip_sendv,
    .hangup = drip_hangup,
    .close = drip_close,
    .can_look = true,
};
static bool is_dripping;

/* A large number; not quite so large where each byte is a system call. */
static uint32_t much (uint32_t n) {
    return is_dripping ? n / 32 : n;
}

/* The server under test. */
static struct wire *wire;

static void wire_begin (const struct wire_options *options) {
    struct wire_options o = options ? *options : (struct wire_options){0};

    if (!options)
        o.mask_handshake = 0xffff;
    CHECK ((wire = wire_new (&service, &o)));
    toy.opens = toy.closes = toy.runs = toy.cancelled = 0;
    pthread_mutex_lock (&toy.lock);
    toy.is_told = toy.is_written = false;
    pthread_mutex_unlock (&toy.lock);
    toy_may_write = true;
    for (unsigned i = 0; i < DISK_SIZE; i++)
        toy.disk[i] = (uint8_t) (i < HOLE_END ? 0 : i / 512 + 1);
}

static void wire_end (void) {
    wire_stop (wire, UINT64_C (5000000000));
    CHECK (wire_connections (wire) == 0);
    CHECK (toy.opens == toy.closes);
    wire_free (wire);
}

/* The client */

struct client {
    int fd;
    enum reply_style style;
    uint16_t handshake, flags;
    uint64_t size;
};

static void client_connect (struct client *c) {
    struct timeval patience = {.tv_sec = 10};
    struct error error = {0};
    int fd[2];

    CHECK (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == 0);
    setsockopt (fd[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    *c = (struct client){.fd = fd[0]};
    if (!is_dripping) {
        CHECK (wire_serve (wire, fd[1], fd[1], NULL, NULL, &error) == 0);
        return;
    }
    struct transport t = {.type = &drip, .in = fd[1], .out = fd[1], .is_socket = true};
    pthread_mutex_lock (&wire->lock);
    wire->count++;
    pthread_mutex_unlock (&wire->lock);
    CHECK (wire_admit (wire, &t, NULL, NULL) == 0);
}

static void put (struct client *c, const void *bytes, size_t n) {
    ssize_t sent = send (c->fd, bytes, n, MSG_NOSIGNAL);

    CHECK (sent == (ssize_t) n || (sent < 0 && errno == EPIPE)); /* the end: get will see */
}

/* False: the server has closed the connection. */
static bool get_or_end (struct client *c, void *bytes, size_t n) {
    size_t done = 0;

    while (done < n) {
        ssize_t r = read (c->fd, (char *) bytes + done, n - done);
        if (r == 0 || (r < 0 && errno == ECONNRESET))
            return false;
        CHECK (r > 0);
        done += (size_t) r;
    }
    return true;
}

static void get (struct client *c, void *bytes, size_t n) {
    CHECK (get_or_end (c, bytes, n));
}

static bool is_ended (struct client *c) {
    char byte;

    return !get_or_end (c, &byte, 1);
}

static void client_leave (struct client *c) {
    close (c->fd);
}

static void greet (struct client *c, uint32_t flags) {
    uint8_t b[18], f[4];

    get (c, b, 18);
    CHECK (load64 (b) == NBD_MAGIC && load64 (b + 8) == NBD_OPTS_MAGIC);
    c->handshake = load16 (b + 16);
    store32 (f, flags);
    put (c, f, 4);
}

static void put_option (struct client *c, uint32_t option, const void *data, uint32_t n) {
    uint8_t h[16];

    store32 (store32 (store64 (h, NBD_OPTS_MAGIC), option), n);
    put (c, h, 16);
    put (c, data, n);
}

struct option_reply {
    uint32_t option, type, n;
    uint8_t data[5000];
};

static void get_option_reply (struct client *c, struct option_reply *r) {
    uint8_t h[20];

    get (c, h, 20);
    CHECK (load64 (h) == NBD_REP_MAGIC);
    r->option = load32 (h + 8);
    r->type = load32 (h + 12);
    r->n = load32 (h + 16);
    CHECK (r->n < sizeof r->data);
    get (c, r->data, r->n);
    r->data[r->n] = 0;
}

/* Send an option and expect a reply of this type, and no other. */
static void ask_option (struct client *c, uint32_t option, const void *data, uint32_t n,
                        uint32_t type) {
    struct option_reply r;

    put_option (c, option, data, n);
    get_option_reply (c, &r);
    CHECK (r.option == option && r.type == type);
    if (type & 0x80000000)
        CHECK (r.n > 0); /* a sentence */
}

static uint32_t info_data (uint8_t *b, const char *name) {
    uint32_t n = (uint32_t) strlen (name);
    uint8_t *p = store32 (b, n);

    memcpy (p, name, n);
    p = store16 (p + n, 3);
    p = store16 (p, NBD_INFO_NAME);
    p = store16 (p, NBD_INFO_DESCRIPTION);
    p = store16 (p, NBD_INFO_BLOCK_SIZE);
    return (uint32_t) (p - b);
}

/* INFO or GO, which succeeds. */
static void ask_info (struct client *c, uint32_t option, const char *name) {
    struct option_reply r;
    uint8_t data[5000];
    bool told = false;

    put_option (c, option, data, info_data (data, name));
    for (;;) {
        get_option_reply (c, &r);
        if (r.type == NBD_REP_ACK)
            break;
        CHECK (r.type == NBD_REP_INFO);
        switch (load16 (r.data)) {
        case NBD_INFO_EXPORT:
            c->size = load64 (r.data + 2);
            c->flags = load16 (r.data + 10);
            told = true;
            break;
        case NBD_INFO_NAME:
            CHECK (strcmp ((char *) r.data + 2, *name ? name : "disk") == 0);
            break;
        case NBD_INFO_DESCRIPTION:
            CHECK (strcmp ((char *) r.data + 2, "a toy disk") == 0);
            break;
        case NBD_INFO_BLOCK_SIZE: CHECK (load32 (r.data + 6) == 4096); break;
        default: CHECK (false);
        }
    }
    CHECK (told && c->size == DISK_SIZE);
}

static uint32_t meta_data (uint8_t *b, const char *name, const char *const *queries) {
    uint8_t *p = store32 (b, (uint32_t) strlen (name)), *count;
    uint32_t n = 0;

    memcpy (p, name, strlen (name));
    count = p + strlen (name);
    for (p = count + 4; queries && queries[n]; n++) {
        p = store32 (p, (uint32_t) strlen (queries[n]));
        memcpy (p, queries[n], strlen (queries[n]));
        p += strlen (queries[n]);
    }
    store32 (count, n);
    return (uint32_t) (p - b);
}

/* How many contexts were told; their IDs are 1 and 2 where they were selected. */
static unsigned ask_meta (struct client *c, uint32_t option, const char *name,
                          const char *const *queries) {
    struct option_reply r;
    uint8_t data[5000];
    unsigned n = 0;

    put_option (c, option, data, meta_data (data, name, queries));
    for (;; n++) {
        get_option_reply (c, &r);
        if (r.type == NBD_REP_ACK)
            return n;
        CHECK (r.type == NBD_REP_META_CONTEXT);
    }
}

static const char *const both_contexts[] = {"base:allocation", "toy:colour", NULL};

/* All the way into transmission. */
static void client_enter (struct client *c, enum reply_style style, bool contexts) {
    client_connect (c);
    greet (c, NBD_FLAG_FIXED_NEWSTYLE | NBD_FLAG_NO_ZEROES);
    c->style = style;
    if (style != REPLY_SIMPLE)
        ask_option (
            c, style == REPLY_EXTENDED ? NBD_OPT_EXTENDED_HEADERS : NBD_OPT_STRUCTURED_REPLY,
            "", 0, NBD_REP_ACK);
    if (contexts)
        CHECK (ask_meta (c, NBD_OPT_SET_META_CONTEXT, "", both_contexts) == 2);
    ask_info (c, NBD_OPT_GO, "");
}

static void put_request (struct client *c, uint16_t type, uint16_t flags, uint64_t cookie,
                         uint64_t offset, uint64_t length) {
    bool is_extended = c->style == REPLY_EXTENDED;
    uint8_t h[32],
        *p = store32 (h, is_extended ? NBD_EXTENDED_REQUEST_MAGIC : NBD_REQUEST_MAGIC);

    p = store64 (store64 (store16 (store16 (p, flags), type), cookie), offset);
    p = is_extended ? store64 (p, length) : store32 (p, (uint32_t) length);
    put (c, h, (size_t) (p - h));
}

static void put_write (struct client *c, uint64_t cookie, uint64_t offset, const void *data,
                       uint32_t n) {
    put_request (c, NBD_CMD_WRITE, c->style == REPLY_EXTENDED ? NBD_CMD_FLAG_PAYLOAD_LEN : 0,
                 cookie, offset, n);
    put (c, data, n);
}

/* What a whole reply said. */
struct reply {
    uint64_t cookie;
    uint32_t error;
    char text[600];
    uint64_t error_at;
    uint8_t data[DISK_SIZE]; /* at its place within the request */
    unsigned data_chunks, hole_chunks, contexts, descriptors;
    uint64_t length[3], type[3]; /* of the first descriptor, by context ID */
};

static void get_status (struct client *c, struct reply *r, const uint8_t *p, bool is_64) {
    uint32_t id = load32 (p);
    uint64_t length, type;

    (void) c;
    p += is_64 ? 8 : 4;
    length = is_64 ? load64 (p) : load32 (p);
    type = is_64 ? load64 (p + 8) : load32 (p + 4);
    CHECK (id == 1 || id == 2);
    r->contexts++;
    r->length[id] = length;
    r->type[id] = type;
}

static void get_chunk (struct client *c, struct reply *r, uint16_t type, uint64_t length,
                       uint64_t offset) {
    static uint8_t b[DISK_SIZE + 100];

    CHECK (length <= sizeof b);
    get (c, b, length);
    switch (type) {
    case NBD_REPLY_TYPE_NONE: CHECK (length == 0); break;
    case NBD_REPLY_TYPE_OFFSET_DATA:
        r->data_chunks++;
        memcpy (r->data + (load64 (b) - offset), b + 8, length - 8);
        break;
    case NBD_REPLY_TYPE_OFFSET_HOLE:
        r->hole_chunks++;
        CHECK (length == 12);
        memset (r->data + (load64 (b) - offset), 0, load32 (b + 8));
        break;
    case NBD_REPLY_TYPE_BLOCK_STATUS:
        r->descriptors += (unsigned) (length - 4) / 8;
        get_status (c, r, b, false);
        break;
    case NBD_REPLY_TYPE_BLOCK_STATUS_EXT:
        CHECK (load32 (b + 4) == (length - 8) / 16);
        r->descriptors += load32 (b + 4);
        get_status (c, r, b, true);
        break;
    case NBD_REPLY_TYPE_ERROR_OFFSET:
        r->error_at = load64 (b + length - 8);
        /* fall through */
    case NBD_REPLY_TYPE_ERROR:
        r->error = load32 (b);
        CHECK (load16 (b + 4) < sizeof r->text);
        memcpy (r->text, b + 6, load16 (b + 4));
        break;
    default: CHECK (false);
    }
}

/* A reply to a request at OFFSET; a read's has LENGTH bytes. */
static void get_reply (struct client *c, struct reply *r, uint64_t offset, uint64_t length) {
    uint16_t flags = 0;

    memset (r, 0, sizeof *r);
    while (!(flags & NBD_REPLY_FLAG_DONE)) {
        uint8_t h[32];
        uint32_t magic;
        get (c, h, 16);
        r->cookie = load64 (h + 8);
        magic = load32 (h);
        if (magic == NBD_SIMPLE_REPLY_MAGIC) {
            CHECK (c->style == REPLY_SIMPLE || (c->style == REPLY_STRUCTURED && !length));
            r->error = load32 (h + 4);
            if (length && !r->error)
                get (c, r->data, length);
            return;
        }
        flags = load16 (h + 4);
        if (magic == NBD_STRUCTURED_REPLY_MAGIC) {
            CHECK (c->style == REPLY_STRUCTURED);
            get (c, h + 16, 4);
            get_chunk (c, r, load16 (h + 6), load32 (h + 16), offset);
        } else {
            CHECK (magic == NBD_EXTENDED_REPLY_MAGIC && c->style == REPLY_EXTENDED);
            get (c, h + 16, 16);
            CHECK (load64 (h + 16) == offset);
            get_chunk (c, r, load16 (h + 6), load64 (h + 24), offset);
        }
    }
}

/* One request and its reply's error. */
static uint32_t ask (struct client *c, uint16_t type, uint16_t flags, uint64_t offset,
                     uint64_t length) {
    static struct reply r;

    put_request (c, type, flags, 77, offset, length);
    get_reply (c, &r, offset, type == NBD_CMD_READ ? length : 0);
    CHECK (r.cookie == 77);
    return r.error;
}

static void client_bye (struct client *c) {
    put_request (c, NBD_CMD_DISC, 0, 0, 0, 0);
    CHECK (is_ended (c));
    client_leave (c);
}

#endif
