/* SPDX-License-Identifier: BSD-3-Clause */
/* Every WORK row, noted in the file "calls": its name, what it was given, its flags. */
#include "native.h"

static const struct stele_parameter parameters[] = {
    {.name = "fua", .type = "choice", .choices = "none|emulate|native", .fallback = "none"},
    {.name = "cache", .type = "choice", .choices = "none|emulate|native", .fallback = "none"},
    {.name = NULL},
};

static int support (const char *name) {
    const char *word = stele_parameter_string (name);

    return *word == 'e'                   ? STELE_EMULATE
           : strcmp (word, "native") == 0 ? STELE_NATIVE
                                          : STELE_NONE;
}

static int can_fua (void *handle) {
    (void) handle;
    return support ("fua");
}

static int can_cache (void *handle) {
    (void) handle;
    return support ("cache");
}

static int work (void *handle, struct stele_request *r) {
    static const char *const names[] = {"pread", "pwrite",  "flush", "trim",
                                        "zero",  "extents", "cache"};
    static const char *const flags[] = {"may_trim", "fua", "req_one", "fast_zero"};
    char words[100] = "", range[100] = "";

    (void) handle;
    for (unsigned i = 0; i < 4; i++)
        if (r->flags & 1u << i)
            sprintf (words + strlen (words), "%s%s", words[0] ? "," : "", flags[i]);
    if (r->work == STELE_PWRITE)
        sprintf (range, "%.*s %" PRIu64 " ", (int) r->count, (const char *) r->payload,
                 r->offset);
    else if (r->work != STELE_FLUSH)
        sprintf (range, "%" PRIu64 " %" PRIu64 " ", r->count, r->offset);
    note ("%s %s%s", names[r->work], range, words[0] ? words : "-");
    if (r->work == STELE_PREAD)
        return pread_x (handle, r);
    if (r->work == STELE_EXTENTS && stele_extents_add (r, r->offset, r->count, 0) < 0)
        return -EIO;
    return 0;
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,
    .parameters = parameters,
    .get_size = one_megabyte,
    .can_fast_zero = yes,
    .can_fua = can_fua,
    .can_cache = can_cache,
    .pread = work,
    .pwrite = work,
    .flush = work,
    .trim = work,
    .zero = work,
    .extents = work,
    .cache = work,
};
