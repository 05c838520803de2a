/* SPDX-License-Identifier: BSD-3-Clause */
/* test-wire.c: the wire from a client's side: the handshake, every option, every command
 * in each style of reply, and what goes wrong.  All of it runs four times: over a socket
 * and one byte at a time, over a disk that answers at once and one that answers later. */
#include "wire-fixture.h"

enum { EPERM_ = 1, EIO_ = 5, EINVAL_ = 22, ENOSPC_ = 28, EOVERFLOW_ = 75, ESHUTDOWN_ = 108 };

static void ask_name_plainly (struct client *c, const char *name, unsigned zeroes) {
    uint8_t b[134];

    put_option (c, NBD_OPT_EXPORT_NAME, name, (uint32_t) strlen (name));
    get (c, b, 10 + zeroes);
    CHECK (load64 (b) == DISK_SIZE);
    c->flags = load16 (b + 8);
    for (unsigned i = 0; i < zeroes; i++)
        CHECK (b[10 + i] == 0);
}

static void plain_newstyle (void) {
    struct client c;

    client_connect (&c);
    greet (&c, 0);
    ask_name_plainly (&c, "disk", 124);
    CHECK (ask (&c, NBD_CMD_READ, 0, 100000, 100) == 0);
    client_bye (&c);
    client_connect (&c);
    greet (&c, 0);
    put_option (&c, NBD_OPT_LIST, "", 0);
    CHECK (is_ended (&c));
    client_leave (&c);
}

static void export_name_without_zeroes (void) {
    struct client c;

    client_connect (&c);
    greet (&c, NBD_FLAG_FIXED_NEWSTYLE | NBD_FLAG_NO_ZEROES);
    CHECK (c.handshake == (NBD_FLAG_FIXED_NEWSTYLE | NBD_FLAG_NO_ZEROES));
    ask_name_plainly (&c, "disk", 0);
    CHECK (ask (&c, NBD_CMD_FLUSH, 0, 0, 0) == 0);
    client_bye (&c);
}

static void export_name_that_fails_ends (void) {
    struct client c;

    client_connect (&c);
    greet (&c, NBD_FLAG_FIXED_NEWSTYLE);
    put_option (&c, NBD_OPT_EXPORT_NAME, "locked", 6);
    CHECK (is_ended (&c));
    client_leave (&c);
}

static void export_name_after_extended_headers_ends (void) {
    struct client c;

    client_connect (&c);
    greet (&c, NBD_FLAG_FIXED_NEWSTYLE);
    ask_option (&c, NBD_OPT_EXTENDED_HEADERS, "", 0, NBD_REP_ACK);
    put_option (&c, NBD_OPT_EXPORT_NAME, "disk", 4);
    CHECK (is_ended (&c));
    client_leave (&c);
}

static void unknown_client_flags_end (void) {
    struct client c;

    client_connect (&c);
    greet (&c, 4);
    CHECK (is_ended (&c));
    client_leave (&c);
}

static void list (struct client *c) {
    struct option_reply r;

    put_option (c, NBD_OPT_LIST, "", 0);
    get_option_reply (c, &r);
    CHECK (r.type == NBD_REP_SERVER && load32 (r.data) == 4);
    CHECK (strcmp ((char *) r.data + 4, "diska toy disk") == 0);
    get_option_reply (c, &r);
    CHECK (r.type == NBD_REP_SERVER && strcmp ((char *) r.data + 4, "other") == 0);
    get_option_reply (c, &r);
    CHECK (r.type == NBD_REP_ACK);
}

static void options (void) {
    static const uint8_t zeroes[100000];
    uint8_t data[100];
    struct client c;

    client_connect (&c);
    greet (&c, NBD_FLAG_FIXED_NEWSTYLE | NBD_FLAG_NO_ZEROES);
    list (&c);
    ask_option (&c, NBD_OPT_LIST, "x", 1, NBD_REP_ERR_INVALID);
    ask_option (&c, 4711, "whatever", 8, NBD_REP_ERR_UNSUP);
    ask_option (&c, 4711, "", 0, NBD_REP_ERR_UNSUP);
    if (!is_dripping)
        ask_option (&c, NBD_OPT_INFO, zeroes, sizeof zeroes, NBD_REP_ERR_TOO_BIG);
    ask_option (&c, NBD_OPT_STARTTLS, "", 0, NBD_REP_ERR_UNSUP);
    ask_option (&c, NBD_OPT_INFO, "", 0, NBD_REP_ERR_INVALID);
    ask_option (&c, NBD_OPT_INFO, "\0\0\0\5disk", 8, NBD_REP_ERR_INVALID);
    ask_option (&c, NBD_OPT_INFO, "\0\0\0\4disk\0\1", 10, NBD_REP_ERR_INVALID);
    ask_option (&c, NBD_OPT_INFO, "\0\0\0\4d\0sk\0\0", 10, NBD_REP_ERR_INVALID);
    ask_option (&c, NBD_OPT_GO, data, info_data (data, "locked"), NBD_REP_ERR_UNKNOWN);
    ask_option (&c, NBD_OPT_STRUCTURED_REPLY, "x", 1, NBD_REP_ERR_INVALID);
    ask_option (&c, NBD_OPT_STRUCTURED_REPLY, "", 0, NBD_REP_ACK);
    ask_option (&c, NBD_OPT_STRUCTURED_REPLY, "", 0, NBD_REP_ERR_INVALID);
    ask_option (&c, NBD_OPT_EXTENDED_HEADERS, "", 0, NBD_REP_ACK);
    ask_option (&c, NBD_OPT_STRUCTURED_REPLY, "", 0, NBD_REP_ERR_EXT_HEADER_REQD);
    ask_option (&c, NBD_OPT_ABORT, "", 0, NBD_REP_ACK);
    CHECK (is_ended (&c));
    client_leave (&c);
    CHECK (toy.opens == 0);
}

static void an_option_without_its_magic_ends (void) {
    struct client c;

    client_connect (&c);
    greet (&c, NBD_FLAG_FIXED_NEWSTYLE);
    put (&c, "IHAVEOPTIONS....", 16);
    CHECK (is_ended (&c));
    client_leave (&c);
}

static void info_opens_what_go_enters (void) {
    struct client c;

    client_connect (&c);
    greet (&c, NBD_FLAG_FIXED_NEWSTYLE);
    ask_info (&c, NBD_OPT_INFO, "");
    ask_info (&c, NBD_OPT_INFO, "");
    ask_info (&c, NBD_OPT_GO, "");
    CHECK (toy.opens == 1);
    CHECK (c.flags ==
           (NBD_FLAG_HAS_FLAGS | NBD_FLAG_SEND_FLUSH | NBD_FLAG_SEND_FUA | NBD_FLAG_SEND_TRIM |
            NBD_FLAG_SEND_WRITE_ZEROES | NBD_FLAG_CAN_MULTI_CONN | NBD_FLAG_SEND_CACHE));
    client_bye (&c);
    client_connect (&c);
    greet (&c, NBD_FLAG_FIXED_NEWSTYLE);
    ask_info (&c, NBD_OPT_INFO, "disk");
    ask_info (&c, NBD_OPT_GO, "other");
    CHECK (toy.opens == 3);
    client_bye (&c);
}

static void contexts (void) {
    static const char *const base[] = {"base:", NULL}, *const toys[] = {"toy:", "x:y", NULL},
                             *const odd[] = {"base:nothing", "base", "qemu:dirty", NULL};
    uint8_t data[200];
    struct client c;

    client_connect (&c);
    greet (&c, NBD_FLAG_FIXED_NEWSTYLE);
    ask_option (&c, NBD_OPT_SET_META_CONTEXT, data, meta_data (data, "disk", base),
                NBD_REP_ERR_INVALID); /* no structured replies */
    ask_option (&c, NBD_OPT_STRUCTURED_REPLY, "", 0, NBD_REP_ACK);
    CHECK (ask_meta (&c, NBD_OPT_LIST_META_CONTEXT, "disk", NULL) == 2);
    CHECK (ask_meta (&c, NBD_OPT_LIST_META_CONTEXT, "disk", base) == 1);
    CHECK (ask_meta (&c, NBD_OPT_LIST_META_CONTEXT, "disk", toys) == 1);
    CHECK (ask_meta (&c, NBD_OPT_LIST_META_CONTEXT, "disk", odd) == 0);
    CHECK (ask_meta (&c, NBD_OPT_SET_META_CONTEXT, "disk", NULL) == 0);
    CHECK (ask_meta (&c, NBD_OPT_SET_META_CONTEXT, "disk", base) == 0);
    CHECK (ask_meta (&c, NBD_OPT_SET_META_CONTEXT, "disk", both_contexts) == 2);
    ask_option (&c, NBD_OPT_LIST_META_CONTEXT, "\0\0\0\4disk\0\0\0\1\0\0\0\7", 16,
                NBD_REP_ERR_INVALID);
    ask_info (&c, NBD_OPT_GO, "other"); /* not what they were selected for */
    c.style = REPLY_STRUCTURED;
    CHECK (ask (&c, NBD_CMD_BLOCK_STATUS, 0, 0, 4096) == EINVAL_);
    client_bye (&c);
}

/* Commands */

static enum reply_style style; /* the one that is being tested */

static void reads_and_writes (void) {
    static uint8_t bytes[300000];
    static struct reply r;
    struct client c;

    client_enter (&c, style, false);
    for (unsigned n = 1; n < much (sizeof bytes); n *= 7) {
        memset (bytes, (int) n, sizeof bytes);
        put_write (&c, n, 70000, bytes, n);
        get_reply (&c, &r, 70000, 0);
        CHECK (r.cookie == n && r.error == 0);
        put_request (&c, NBD_CMD_READ, 0, 5, 70000 - 1, n + 2);
        get_reply (&c, &r, 70000 - 1, n + 2);
        CHECK (r.error == 0 && memcmp (r.data + 1, bytes, n) == 0);
        CHECK (r.data[0] == toy.disk[70000 - 1] && r.data[n + 1] == toy.disk[70000 + n]);
    }
    CHECK (ask (&c, NBD_CMD_READ, 0, 4096, 0) == 0);
    CHECK (ask (&c, NBD_CMD_WRITE, style == REPLY_EXTENDED ? NBD_CMD_FLAG_PAYLOAD_LEN : 0, 4096,
                0) == 0);
    client_bye (&c);
}

static void holes_are_told_where_they_can_be (void) {
    static struct reply r;
    struct client c;

    client_enter (&c, style, false);
    put_request (&c, NBD_CMD_READ, 0, 5, HOLE_END - 1000, 3000);
    get_reply (&c, &r, HOLE_END - 1000, 3000);
    CHECK (r.error == 0 && memcmp (r.data, toy.disk + HOLE_END - 1000, 3000) == 0);
    if (style != REPLY_SIMPLE) {
        CHECK (r.hole_chunks == 1 && r.data_chunks == 1);
        put_request (&c, NBD_CMD_READ, NBD_CMD_FLAG_DF, 5, HOLE_END - 1000, 3000);
        get_reply (&c, &r, HOLE_END - 1000, 3000);
        CHECK (r.hole_chunks == 0 && r.data_chunks == 1);
        CHECK (memcmp (r.data, toy.disk + HOLE_END - 1000, 3000) == 0);
        put_request (&c, NBD_CMD_READ, 0, 5, 0, 3000);
        get_reply (&c, &r, 0, 3000);
        CHECK (r.hole_chunks == 1 && r.data_chunks == 0 && r.data[10] == 0);
    }
    client_bye (&c);
}

static void the_other_commands (void) {
    struct client c;

    client_enter (&c, style, false);
    CHECK (ask (&c, NBD_CMD_FLUSH, 0, 0, 0) == 0);
    CHECK (ask (&c, NBD_CMD_FLUSH, NBD_CMD_FLAG_FUA, 0, 0) == 0);
    CHECK (ask (&c, NBD_CMD_FLUSH, 0, 512, 0) == EINVAL_);
    CHECK (ask (&c, NBD_CMD_TRIM, 0, 4096, 4096) == 0);
    CHECK (ask (&c, NBD_CMD_CACHE, 0, 4096, 4096) == 0);
    CHECK (ask (&c, NBD_CMD_WRITE_ZEROES, NBD_CMD_FLAG_NO_HOLE, 100000, 5000) == 0);
    CHECK (toy.disk[99999] && !toy.disk[100000] && !toy.disk[104999] && toy.disk[105000]);
    CHECK (ask (&c, NBD_CMD_WRITE_ZEROES, NBD_CMD_FLAG_FAST_ZERO, 0, 5000) == EINVAL_);
    CHECK (ask (&c, NBD_CMD_BLOCK_STATUS, 0, 0, 5000) == EINVAL_);
    CHECK (ask (&c, 99, 0, 0, 5000) == EINVAL_);
    CHECK (ask (&c, NBD_CMD_READ, 0x8000, 0, 5000) == EINVAL_);
    CHECK (ask (&c, NBD_CMD_TRIM, NBD_CMD_FLAG_DF, 0, 5000) == EINVAL_);
    client_bye (&c);
}

static void ranges_past_the_end (void) {
    static uint8_t bytes[100000];
    static struct reply r;
    struct client c;

    client_enter (&c, style, false);
    CHECK (ask (&c, NBD_CMD_READ, 0, DISK_SIZE - 10, 11) == EINVAL_);
    CHECK (ask (&c, NBD_CMD_READ, 0, UINT64_MAX, 11) == EINVAL_);
    CHECK (ask (&c, NBD_CMD_TRIM, 0, DISK_SIZE - 10, 11) == EINVAL_);
    CHECK (ask (&c, NBD_CMD_WRITE_ZEROES, 0, DISK_SIZE - 10, 11) == ENOSPC_);
    CHECK (ask (&c, NBD_CMD_READ, 0, 0, 65 << 20) ==
           (style == REPLY_SIMPLE ? EINVAL_ : EOVERFLOW_));
    put_write (&c, 7, DISK_SIZE - 10, bytes, much (sizeof bytes));
    get_reply (&c, &r, DISK_SIZE - 10, 0);
    CHECK (r.error == ENOSPC_ && (style == REPLY_SIMPLE || r.text[0]));
    put_write (&c, 7, DISK_SIZE - 10, bytes, 11);
    get_reply (&c, &r, DISK_SIZE - 10, 0);
    CHECK (r.error == ENOSPC_);
    CHECK (ask (&c, NBD_CMD_READ, 0, DISK_SIZE - 10, 10) == 0);
    client_bye (&c);
}

static void a_rejected_payload_is_skipped (void) {
    static uint8_t bytes[100000];
    static struct reply r;
    struct client c;

    client_enter (&c, style, false);
    put_request (&c, NBD_CMD_WRITE, 0x8000 | NBD_CMD_FLAG_PAYLOAD_LEN, 7, 0,
                 much (sizeof bytes));
    put (&c, bytes, much (sizeof bytes));
    get_reply (&c, &r, 0, 0);
    CHECK (r.error == EINVAL_);
    CHECK (ask (&c, NBD_CMD_READ, 0, 70000, 10) == 0);
    if (style == REPLY_EXTENDED) {
        put_request (&c, NBD_CMD_FLUSH, NBD_CMD_FLAG_PAYLOAD_LEN, 7, 0, 5);
        put (&c, bytes, 5);
        get_reply (&c, &r, 0, 0);
        CHECK (r.error == EINVAL_);
        CHECK (ask (&c, NBD_CMD_WRITE, 0, 0, 5) == EINVAL_); /* no payload */
        CHECK (ask (&c, NBD_CMD_READ, 0, 70000, 10) == 0);
    }
    client_bye (&c);
}

static void errors_have_a_sentence_and_a_place (void) {
    static struct reply r;
    struct client c;

    client_enter (&c, style, false);
    put_request (&c, NBD_CMD_READ, 0, 5, BROKEN_AT - 100, 200);
    get_reply (&c, &r, BROKEN_AT - 100, 200);
    CHECK (r.error == EIO_);
    if (style != REPLY_SIMPLE) {
        CHECK (strcmp (r.text, "the toy is broken here") == 0);
        CHECK (r.error_at == BROKEN_AT);
    }
    CHECK (ask (&c, NBD_CMD_READ, 0, BROKEN_AT + 1, 200) == 0);
    client_bye (&c);
}

static void a_read_only_export (void) {
    static struct reply r;
    struct client c;

    toy_may_write = false;
    client_enter (&c, style, false);
    CHECK (c.flags & NBD_FLAG_READ_ONLY);
    CHECK (!(c.flags & (NBD_FLAG_SEND_TRIM | NBD_FLAG_SEND_WRITE_ZEROES | NBD_FLAG_SEND_FUA)));
    put_write (&c, 7, 70000, "x", 1);
    get_reply (&c, &r, 70000, 0);
    CHECK (r.error == EPERM_);
    CHECK (ask (&c, NBD_CMD_TRIM, 0, 0, 512) == EPERM_);
    CHECK (ask (&c, NBD_CMD_WRITE_ZEROES, 0, 0, 512) == EPERM_);
    CHECK (ask (&c, NBD_CMD_READ, 0, 70000, 512) == 0);
    client_bye (&c);
}

static void block_status (void) {
    static struct reply r;
    struct client c;

    if (style == REPLY_SIMPLE)
        return;
    client_enter (&c, style, true);
    put_request (&c, NBD_CMD_BLOCK_STATUS, 0, 9, 4096, HOLE_END);
    get_reply (&c, &r, 4096, 0);
    CHECK (r.error == 0 && r.contexts == 2 && r.descriptors == 3);
    CHECK (r.length[1] == HOLE_END - 4096 && r.type[1] == (EXTENT_HOLE | EXTENT_ZERO));
    CHECK (r.length[2] == HOLE_END && r.type[2] == 42);
    put_request (&c, NBD_CMD_BLOCK_STATUS, NBD_CMD_FLAG_REQ_ONE, 9, 4096, HOLE_END);
    get_reply (&c, &r, 4096, 0);
    CHECK (r.error == 0 && r.contexts == 2 && r.descriptors == 2);
    CHECK (ask (&c, NBD_CMD_BLOCK_STATUS, 0, 0, 0) == EINVAL_);
    CHECK (ask (&c, NBD_CMD_BLOCK_STATUS, 0, 0, DISK_SIZE + 1) == EINVAL_);
    client_bye (&c);
}

static void block_status_of_some (void) {
    static struct reply r;
    struct client c;
    uint8_t b[20];

    if (style != REPLY_EXTENDED)
        return;
    client_enter (&c, style, true);
    CHECK (c.flags & NBD_FLAG_BLOCK_STAT_PAYLOAD);
    store32 (store64 (b, HOLE_END), 2);
    put_request (&c, NBD_CMD_BLOCK_STATUS, NBD_CMD_FLAG_PAYLOAD_LEN, 9, 0, 12);
    put (&c, b, 12);
    get_reply (&c, &r, 0, 0);
    CHECK (r.error == 0 && r.contexts == 1 && r.length[2] == HOLE_END && r.type[2] == 42);
    for (uint32_t second = 2; second < 4; second++) { /* twice the same; one nobody selected */
        store32 (store32 (store64 (b, HOLE_END), 2), second);
        put_request (&c, NBD_CMD_BLOCK_STATUS, NBD_CMD_FLAG_PAYLOAD_LEN, 9, 0, 16);
        put (&c, b, 16);
        get_reply (&c, &r, 0, 0);
        CHECK (r.error == EINVAL_);
    }
    client_bye (&c);
}

static void many_at_once (void) {
    enum { MANY = CONNECTION_COMMANDS < 400 ? CONNECTION_COMMANDS : 400 };
    static struct reply r;
    static bool seen[MANY];
    struct client c;

    memset (seen, 0, sizeof seen);
    client_enter (&c, style, false);
    for (unsigned i = 0; i < MANY; i++)
        put_request (&c, NBD_CMD_READ, 0, i, HOLE_END + i, 100);
    for (unsigned i = 0; i < MANY; i++) {
        uint64_t cookie;
        uint8_t peek[16];
        while (recv (c.fd, peek, 16, MSG_PEEK) < 16)
            usleep (10);
        cookie = load64 (peek + 8);
        get_reply (&c, &r, HOLE_END + cookie, 100);
        CHECK (cookie < MANY && !seen[cookie] && r.error == 0);
        CHECK (memcmp (r.data, toy.disk + HOLE_END + cookie, 100) == 0);
        seen[cookie] = true;
    }
    client_bye (&c);
}

static void a_request_without_its_magic_ends (void) {
    struct client c;

    client_enter (&c, style, false);
    put (&c, "GET / HTTP/1.1\r\nHost: example\r\n\r\n", 32);
    CHECK (is_ended (&c));
    client_leave (&c);
}

/* False: the server does not take it. */
static bool send_patiently (struct client *c, const void *bytes, size_t n) {
    for (unsigned i = 0; i < 3; i++) {
        if (send (c->fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t) n)
            return true;
        CHECK (errno == EAGAIN);
        usleep (50000);
    }
    return false;
}

static void a_slow_reader_is_not_read (void) {
    enum { EACH = 400 << 10, PLENTY = 3000 };
    static struct reply r;
    struct client c;
    unsigned sent = 0;
    uint8_t h[28];

    if (style != REPLY_SIMPLE || is_dripping)
        return;
    client_enter (&c, style, false);
    store32 (store64 (store64 (store32 (store32 (h, NBD_REQUEST_MAGIC), 0), 1), 600 << 10),
             EACH);
    while (sent < PLENTY && send_patiently (&c, h, sizeof h))
        sent++;
    CHECK (sent < PLENTY && toy.runs <= CONNECTION_BYTES / EACH + 10);
    for (unsigned i = 0; i < sent; i++)
        get_reply (&c, &r, 600 << 10, EACH);
    client_bye (&c);
}

static void wait_for (atomic_int *counter, int n) {
    for (unsigned i = 0; i < 5000 && *counter < n; i++)
        usleep (1000);
    CHECK (*counter >= n);
}

static unsigned kept (void) {
    unsigned n = 0;

    pthread_mutex_lock (&toy.lock);
    for (struct task *t = toy.kept.first; t; t = t->next)
        n++;
    pthread_mutex_unlock (&toy.lock);
    return n;
}

/* How many of them know that their client has gone. */
static unsigned kept_in_vain (void) {
    unsigned n = 0;

    pthread_mutex_lock (&toy.lock);
    for (struct task *t = toy.kept.first; t; t = t->next)
        n += container_of (t, struct request, task)->cancelled;
    pthread_mutex_unlock (&toy.lock);
    return n;
}

static void wait_until_kept (unsigned n) {
    for (unsigned i = 0; i < 5000 && kept () < n; i++)
        usleep (1000);
    CHECK (kept () == n);
}

static void a_client_vanishes (void) {
    enum answer before = toy.answer;
    struct client c;

    toy.answer = WHEN_TOLD;
    client_enter (&c, style, false);
    for (unsigned i = 0; i < 10; i++)
        put_request (&c, NBD_CMD_READ, 0, i, 70000, 100);
    wait_until_kept (10);
    client_leave (&c);
    for (unsigned i = 0; i < 5000 && kept_in_vain () < 10; i++)
        usleep (1000);
    CHECK (toy.closes == 0); /* not under running requests */
    toy_tell ();
    wait_for (&toy.closes, 1);
    CHECK (toy.cancelled == 10);
    toy.answer = before;
}

static void *stop_wire (void *of) {
    wire_stop (wire, UINT64_C (5000000000));
    return of;
}

static void stopping_finishes_what_is_in_flight (void) {
    enum answer before = toy.answer;
    static struct reply r;
    struct client c, idle, early;
    pthread_t thread;

    toy.answer = WHEN_TOLD;
    client_enter (&idle, style, false); /* the oldest: the last to be told */
    client_connect (&early);
    client_enter (&c, style, false);
    put_request (&c, NBD_CMD_READ, 0, 1, 70000, 100);
    wait_until_kept (1);
    CHECK (pthread_create (&thread, NULL, stop_wire, NULL) == 0);
    CHECK (is_ended (&idle));
    while (get_or_end (&early, &(char){0}, 1))
        ;
    put_request (&c, NBD_CMD_FLUSH, 0, 2, 0, 0);
    get_reply (&c, &r, 0, 0);
    CHECK (r.cookie == 2 && r.error == ESHUTDOWN_);
    toy_tell ();
    get_reply (&c, &r, 70000, 100);
    CHECK (r.cookie == 1 && r.error == 0);
    CHECK (is_ended (&c));
    pthread_join (thread, NULL);
    client_leave (&c), client_leave (&idle), client_leave (&early);
    toy.answer = before;
}

static void stopping_drops_the_rest (void) {
    enum answer before = toy.answer;
    struct client c;

    toy.answer = WHEN_TOLD;
    client_enter (&c, style, false);
    put_request (&c, NBD_CMD_READ, 0, 1, 70000, 100);
    wait_until_kept (1);
    toy_tell ();
    wire_stop (wire, 0);
    client_leave (&c);
    toy.answer = before;
}

/* Servers with other options */

static void oldstyle (void) {
    struct client c;
    uint8_t b[152];

    wire_begin (&(struct wire_options){.oldstyle = true, .readonly = true});
    client_connect (&c);
    get (&c, b, 152);
    CHECK (load64 (b) == NBD_MAGIC && load64 (b + 8) == NBD_OLDSTYLE_MAGIC);
    CHECK (load64 (b + 16) == DISK_SIZE && load32 (b + 24) & NBD_FLAG_READ_ONLY);
    CHECK (ask (&c, NBD_CMD_READ, 0, 70000, 100) == 0);
    client_bye (&c);
    wire_end ();
}

static void things_left_out (void) {
    struct client c;
    uint8_t data[100];

    wire_begin (&(struct wire_options){.mask_handshake = NBD_FLAG_FIXED_NEWSTYLE,
                                       .no_structured = true,
                                       .no_meta_contexts = true});
    client_connect (&c);
    greet (&c, NBD_FLAG_FIXED_NEWSTYLE);
    CHECK (c.handshake == NBD_FLAG_FIXED_NEWSTYLE);
    ask_option (&c, NBD_OPT_STRUCTURED_REPLY, "", 0, NBD_REP_ERR_UNSUP);
    ask_option (&c, NBD_OPT_EXTENDED_HEADERS, "", 0, NBD_REP_ERR_UNSUP);
    ask_option (&c, NBD_OPT_SET_META_CONTEXT, data, meta_data (data, "", NULL),
                NBD_REP_ERR_UNSUP);
    client_leave (&c);
    client_connect (&c);
    greet (&c, NBD_FLAG_NO_ZEROES); /* it was not offered */
    CHECK (is_ended (&c));
    client_leave (&c);
    wire_end ();
}

static void a_handshake_that_takes_too_long (void) {
    struct client c, quick;

    wire_begin (&(struct wire_options){.mask_handshake = 0xffff, .handshake_ns = 100000000});
    client_enter (&quick, REPLY_SIMPLE, false);
    client_connect (&c);
    greet (&c, NBD_FLAG_FIXED_NEWSTYLE);
    CHECK (is_ended (&c));
    client_leave (&c);
    CHECK (ask (&quick, NBD_CMD_READ, 0, 70000, 100) == 0);
    client_bye (&quick);
    wire_end ();
}

static void only_so_many_at_a_time (void) {
    struct sockaddr address = {.sa_family = AF_UNIX};
    socklen_t size = sizeof (sa_family_t); /* the kernel chooses a name */
    struct sockaddr_storage name;
    socklen_t name_size = sizeof name;
    struct timeval patience = {.tv_usec = 40000};
    struct error error = {0};
    struct client first = {0}, second = {0};
    int fd = socket (AF_UNIX, SOCK_STREAM, 0);

    wire_begin (&(struct wire_options){.mask_handshake = 0xffff, .one_at_a_time = true});
    CHECK (fd >= 0 && bind (fd, &address, size) == 0 && listen (fd, 10) == 0);
    CHECK (getsockname (fd, (struct sockaddr *) &name, &name_size) == 0);
    CHECK (wire_listen (wire, fd, &error) == 0 && wire_start (wire, &error) == 0);
    first.fd = socket (AF_UNIX, SOCK_STREAM, 0);
    second.fd = socket (AF_UNIX, SOCK_STREAM, 0);
    CHECK (connect (first.fd, (struct sockaddr *) &name, name_size) == 0);
    greet (&first, NBD_FLAG_FIXED_NEWSTYLE);
    CHECK (connect (second.fd, (struct sockaddr *) &name, name_size) == 0);
    setsockopt (second.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    CHECK (recv (second.fd, &(char){0}, 1, 0) < 0 && errno == EAGAIN);
    client_leave (&first);
    patience.tv_sec = 10;
    setsockopt (second.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    greet (&second, NBD_FLAG_FIXED_NEWSTYLE);
    client_leave (&second);
    wire_end ();
}

static void mark_ended (void *of) {
    atomic_fetch_add ((atomic_int *) of, 1);
}

/* What was asked is answered, although no more will come; with DISC and without. */
static void two_pipes (void) {
    static struct reply r;
    static atomic_int ended;
    struct error error = {0};
    int in[2], out[2];
    uint8_t bytes[100], *p;

    wire_begin (&(struct wire_options){.mask_handshake = 0xffff});
    for (int bye = 0; bye < 2; bye++) {
        struct client c = {0};
        CHECK (pipe (in) == 0 && pipe (out) == 0);
        ended = 0;
        CHECK (wire_serve (wire, in[0], out[1], mark_ended, &ended, &error) == 0);
        p = store32 (bytes, 0);
        p = store32 (store32 (store64 (p, NBD_OPTS_MAGIC), NBD_OPT_EXPORT_NAME), 0);
        p = store32 (store32 (p, NBD_REQUEST_MAGIC), 0);
        p = store32 (store64 (store64 (p, 5), 70000), 100);
        if (bye) {
            p = store32 (store32 (p, NBD_REQUEST_MAGIC), NBD_CMD_DISC);
            p = store32 (store64 (store64 (p, 6), 0), 0);
        }
        CHECK (write (in[1], bytes, (size_t) (p - bytes)) == p - bytes);
        close (in[1]);
        for (size_t n = 0; n < 18 + 134;) {
            uint8_t skipped[18 + 134];
            ssize_t got = read (out[0], skipped, sizeof skipped - n);
            CHECK (got > 0);
            n += (size_t) got;
        }
        c.fd = out[0];
        get_reply (&c, &r, 70000, 100);
        CHECK (r.cookie == 5 && r.error == 0 && r.data[99] == toy.disk[70099]);
        CHECK (is_ended (&c));
        wait_for (&ended, 1);
        close (out[0]);
    }
    wire_end ();
}

struct test {
    const char *name;
    void (*run) (void);
};

#define TEST(f)                                                                                \
    { #f, f }

static const struct test handshakes[] = {
    TEST (plain_newstyle),
    TEST (export_name_without_zeroes),
    TEST (export_name_that_fails_ends),
    TEST (export_name_after_extended_headers_ends),
    TEST (unknown_client_flags_end),
    TEST (options),
    TEST (an_option_without_its_magic_ends),
    TEST (info_opens_what_go_enters),
    TEST (contexts),
};

static const struct test commands[] = {
    TEST (reads_and_writes),
    TEST (holes_are_told_where_they_can_be),
    TEST (the_other_commands),
    TEST (ranges_past_the_end),
    TEST (a_rejected_payload_is_skipped),
    TEST (errors_have_a_sentence_and_a_place),
    TEST (a_read_only_export),
    TEST (block_status),
    TEST (block_status_of_some),
    TEST (many_at_once),
    TEST (a_request_without_its_magic_ends),
    TEST (a_slow_reader_is_not_read),
    TEST (a_client_vanishes),
    TEST (stopping_finishes_what_is_in_flight),
    TEST (stopping_drops_the_rest),
};

static const struct test servers[] = {
    TEST (oldstyle),
    TEST (two_pipes),
    TEST (things_left_out),
    TEST (a_handshake_that_takes_too_long),
    TEST (only_so_many_at_a_time),
};

#define COUNT(array) (sizeof (array) / sizeof (array)[0])

static void announce (const struct test *t, const char *how) {
    printf ("ok: %s%s%s%s\n", t->name, how, is_dripping ? ", byte by byte" : "",
            toy.answer == LATER_ON ? ", answered later" : "");
    fflush (stdout);
}

static void run_on_new_wire (const struct test *t, const char *how) {
    test_name = t->name;
    wire_begin (NULL);
    t->run ();
    wire_end ();
    announce (t, how);
}

static void run_all (void) {
    static const char *const styles[] = {", simple", ", structured", ", extended"};

    for (size_t i = 0; i < COUNT (handshakes); i++)
        run_on_new_wire (&handshakes[i], "");
    for (style = REPLY_SIMPLE; style <= REPLY_EXTENDED; style++)
        for (size_t i = 0; i < COUNT (commands); i++)
            run_on_new_wire (&commands[i], styles[style]);
    for (size_t i = 0; i < COUNT (servers); i++) {
        test_name = servers[i].name;
        servers[i].run ();
        announce (&servers[i], "");
    }
}

int main (void) {
    CHECK ((host.pool = pool_new (8)) && pool_start (host.pool) == 0);
    pthread_mutex_init (&toy.lock, NULL);
    pthread_cond_init (&toy.changed, NULL);
    task_queue_init (&toy.kept);
    CHECK (pthread_create (&toy.thread, NULL, toy_thread, NULL) == 0);
    for (int later = 0; later < 2; later++)
        for (int dripping = 0; dripping < 2; dripping++) {
            toy.answer = later ? LATER_ON : AT_ONCE;
            is_dripping = dripping;
            run_all ();
        }
    pthread_mutex_lock (&toy.lock);
    toy.is_over = true;
    pthread_cond_broadcast (&toy.changed);
    pthread_mutex_unlock (&toy.lock);
    pthread_join (toy.thread, NULL);
    pool_free (host.pool);
    return 0;
}
