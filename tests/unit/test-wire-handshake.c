/* SPDX-License-Identifier: BSD-3-Clause */
/* test-wire-handshake.c: the wire from a client's side: the handshake and every option, the old
 * style, servers that leave something out, and clients that make a mistake or take too long. */
#include "wire-fixture.h"

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

static const struct test servers[] = {
    TEST (oldstyle),
    TEST (things_left_out),
    TEST (a_handshake_that_takes_too_long),
};

static void run_all (void) {
    run_on_new_wires (handshakes, COUNT (handshakes), "");
    run_on_their_own (servers, COUNT (servers));
}

int main (void) {
    return run_four_ways (run_all);
}
