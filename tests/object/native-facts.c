/* SPDX-License-Identifier: BSD-3-Clause */
/* Every FACT row, as the parameters say; a disk that can do everything where they do not. */
#include "native.h"

static const struct stele_parameter parameters[] = {
    {.name = "get_size", .type = "size", .fallback = "1M"},
    {.name = "minimum", .type = "size"},
    {.name = "preferred", .type = "size"},
    {.name = "maximum", .type = "size"},
    {.name = "export_description", .type = "string"},
    {.name = "can_write", .type = "boolean", .fallback = "true"},
    {.name = "can_flush", .type = "boolean", .fallback = "true"},
    {.name = "can_trim", .type = "boolean", .fallback = "true"},
    {.name = "can_zero", .type = "boolean", .fallback = "true"},
    {.name = "can_fast_zero", .type = "boolean", .fallback = "true"},
    {.name = "hides_zero", .type = "boolean", .fallback = "false"},
    {.name = "can_extents", .type = "boolean", .fallback = "true"},
    {.name = "can_multi_conn", .type = "boolean", .fallback = "true"},
    {.name = "is_rotational", .type = "boolean", .fallback = "false"},
    {.name = "can_fua",
     .type = "choice",
     .choices = "none|emulate|native",
     .fallback = "native"},
    {.name = "can_cache",
     .type = "choice",
     .choices = "none|emulate|native",
     .fallback = "native"},
    {.name = NULL},
};

static int64_t get_size (void *handle) {
    (void) handle;
    return (int64_t) stele_parameter_size ("get_size");
}

static int block_size (void *handle, struct stele_block_size *size) {
    (void) handle;
    if (!stele_parameter_given ("minimum"))
        return 0;
    size->minimum = (uint32_t) stele_parameter_size ("minimum");
    size->preferred = (uint32_t) stele_parameter_size ("preferred");
    size->maximum = (uint32_t) stele_parameter_size ("maximum");
    return 0;
}

static int describe (void *handle, char **text) {
    const char *given = stele_parameter_string ("export_description");

    (void) handle;
    *text = given ? strdup (given) : NULL;
    return 0;
}

static int support (const char *name) {
    const char *word = stele_parameter_string (name);

    return strcmp (word, "none") == 0      ? STELE_NONE
           : strcmp (word, "emulate") == 0 ? STELE_EMULATE
                                           : STELE_NATIVE;
}

#define FACT(name, function)                                                                   \
    static int name (void *handle) {                                                           \
        (void) handle;                                                                         \
        return function (#name);                                                               \
    }

FACT (can_write, stele_parameter_boolean)
FACT (can_flush, stele_parameter_boolean)
FACT (can_trim, stele_parameter_boolean)
FACT (can_zero, stele_parameter_boolean)
FACT (can_fast_zero, stele_parameter_boolean)
FACT (hides_zero, stele_parameter_boolean)
FACT (can_extents, stele_parameter_boolean)
FACT (can_multi_conn, stele_parameter_boolean)
FACT (is_rotational, stele_parameter_boolean)
FACT (can_fua, support)
FACT (can_cache, support)

static int done (void *handle, struct stele_request *r) {
    (void) handle, (void) r;
    return 0;
}

static int hole (void *handle, struct stele_request *r) {
    (void) handle;
    return stele_extents_add (r, r->offset, r->count, STELE_HOLE | STELE_ZERO_EXTENT) < 0 ? -EIO
                                                                                          : 0;
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,
    .name = "facts",
    .parameters = parameters,
    .get_size = get_size,
    .block_size = block_size,
    .export_description = describe,
    .can_write = can_write,
    .can_flush = can_flush,
    .can_trim = can_trim,
    .can_zero = can_zero,
    .can_fast_zero = can_fast_zero,
    .hides_zero = hides_zero,
    .can_extents = can_extents,
    .can_multi_conn = can_multi_conn,
    .is_rotational = is_rotational,
    .can_fua = can_fua,
    .can_cache = can_cache,
    .pread = pread_x,
    .pwrite = done,
    .flush = done,
    .trim = done,
    .zero = done,
    .extents = hole,
    .cache = done,
};
