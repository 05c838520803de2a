/* SPDX-License-Identifier: BSD-3-Clause */
/* helpers_print.c: what a plugin says, and the errno that it wants a failure to have. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "helpers.h"

enum { BYTES_PER_LINE = 16 };

void nbdkit_verror (const char *format, va_list args) {
    now_verror (format, args);
}

void nbdkit_error (const char *format, ...) {
    va_list args;

    va_start (args, format);
    now_verror (format, args);
    va_end (args);
}

void nbdkit_vdebug (const char *format, va_list args) {
    now_vdebug (format, args);
}

void nbdkit_debug (const char *format, ...) {
    va_list args;

    va_start (args, format);
    now_vdebug (format, args);
    va_end (args);
}

void nbdkit_set_error (int number) {
    struct now *now = now_get ();

    if (now)
        now->number = number;
}

void nbdkit_debug_hexdump (const void *data, size_t size, const char *prefix, uint64_t start) {
    const struct host *host = helper_host ();
    const unsigned char *bytes = data;

    if (!host || !host->log.verbose)
        return;
    for (size_t at = 0; at < size; at += BYTES_PER_LINE) {
        char hex[3 * BYTES_PER_LINE + 1] = "", text[BYTES_PER_LINE + 1] = "";
        for (size_t i = 0; i < BYTES_PER_LINE && at + i < size; i++) {
            snprintf (hex + 3 * i, 4, "%02x ", bytes[at + i]);
            text[i] = isprint (bytes[at + i]) ? (char) bytes[at + i] : '.';
        }
        nbdkit_debug ("%s%016" PRIx64 ": %-*s|%-*s|", prefix ? prefix : "", start + at,
                      3 * BYTES_PER_LINE, hex, BYTES_PER_LINE, text);
    }
}
