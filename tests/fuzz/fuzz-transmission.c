/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz-transmission.c: a client that has come through the handshake and then sends
 * anything at all.  The first byte of the input chooses the style of replies and whether
 * metadata contexts are selected, the second how the rest arrives. */
#include "wire-in-memory.h"

static uint8_t *put_option (uint8_t *p, uint32_t option, const char *data, uint32_t n) {
    p = store32 (store32 (store64 (p, NBD_OPTS_MAGIC), option), n);
    memcpy (p, data, n);
    return p + n;
}

static const char contexts[] =
    "\0\0\0\0\0\0\0\2\0\0\0\017base:allocation\0\0\0\014x-toy:colour";

static size_t handshake (uint8_t *begin, uint8_t choice) {
    uint8_t *p = store32 (begin, NBD_FLAG_FIXED_NEWSTYLE | NBD_FLAG_NO_ZEROES);

    if (choice % 3)
        p = put_option (
            p, choice % 3 == 1 ? NBD_OPT_STRUCTURED_REPLY : NBD_OPT_EXTENDED_HEADERS, "", 0);
    if (choice & 64)
        p = put_option (p, NBD_OPT_SET_META_CONTEXT, contexts, sizeof contexts - 1);
    p = put_option (p, NBD_OPT_GO, "\0\0\0\0\0\0", 6);
    return (size_t) (p - begin);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
    struct wire_options options = {.mask_handshake = 0xffff};
    struct script script = {0};
    uint8_t begin[500];

    if (size < 2)
        return 0;
    options.readonly = data[0] & 128;
    script.begin = begin;
    script.begin_n = handshake (begin, data[0] & 127);
    script.piece = data[1];
    script.bytes = data + 2;
    script.n = size - 2;
    serve_script (&script, &options);
    return 0;
}
