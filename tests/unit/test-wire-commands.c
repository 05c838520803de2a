/* SPDX-License-Identifier: BSD-3-Clause */
/* test-wire-commands.c: the wire from a client's side: every command in each style of reply, and
 * what is wrong with one. */
#include "wire-fixture.h"

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
};

static void run_all (void) {
    run_in_each_style (commands, COUNT (commands));
}

int main (void) {
    return run_four_ways (run_all);
}
