/* SPDX-License-Identifier: BSD-3-Clause */
/* wire-client.h: a client for the tests of the wire, that speaks the protocol byte by byte,
 * knowing nothing of the server's code but nbd.h. */
#ifndef WIRE_CLIENT_H
#define WIRE_CLIENT_H

#include "wire-toy.h"

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
