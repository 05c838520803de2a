/* SPDX-License-Identifier: BSD-3-Clause */
/* fuzz-handshake.c: a client that says anything at all from its first byte.  The first
 * byte of the input chooses the server's options, the second how the rest arrives. */
#include "wire-in-memory.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
    struct wire_options options = {.mask_handshake = 0xffff};
    struct script script = {0};

    if (size < 2)
        return 0;
    options.oldstyle = data[0] & 1;
    options.readonly = data[0] & 2;
    options.no_structured = (data[0] & 12) == 12;
    options.no_meta_contexts = (data[0] & 48) == 48;
    if ((data[0] & 192) == 192)
        options.mask_handshake = 0;
    script.piece = data[1];
    script.bytes = data + 2;
    script.n = size - 2;
    serve_script (&script, &options);
    return 0;
}
