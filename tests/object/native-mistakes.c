/* SPDX-License-Identifier: BSD-3-Clause */
/* What an author can do wrong, by -DMISTAKE=n. */
#include "native.h"

static const struct stele_parameter parameters[] = {
#if MISTAKE == 1
    {.name = "length", .type = "sise"},
#elif MISTAKE == 2
    {.name = "way", .type = "choice"},
#elif MISTAKE == 3
    {.name = "a-b", .type = "size"},
    {.name = "a_b", .type = "size"},
#elif MISTAKE == 4
    {.name = "below", .type = "device"},
#else
    {.name = "length", .type = "size", .required = true, .doc = "of it"},
    {.name = "way", .type = "choice", .choices = "up|down", .fallback = "up"},
    {.name = "words", .type = "string", .many = true},
#endif
    {.name = NULL},
};

#if MISTAKE == 19
static int each (void *of, uint64_t offset, uint64_t length, uint32_t type) {
    (void) of, (void) offset, (void) length, (void) type;
    return 0;
}
#elif MISTAKE == 23
__attribute__ ((constructor)) static void early (void) {
    stele_error (EIO, "said before there is anybody to say it to");
}
#endif

static int get_ready (void) {
#if MISTAKE == 10
    if (stele_parameter_size ("sise") != 0 || stele_parameter_string ("length"))
        return stele_error (EINVAL, "values that are none");
#elif MISTAKE == 11
    if (stele_construct ("rom", NULL))
        return 0;
    return -EINVAL;
#elif MISTAKE == 12
    return stele_construct ("ram", STELE_ARGUMENTS ({"sise", "1M", NULL, 0})) ? 0 : -EINVAL;
#elif MISTAKE == 13
    return stele_construct ("ram", NULL) ? 0 : -EINVAL;
#elif MISTAKE == 14
    return stele_construct ("slice", STELE_ARGUMENTS ({.name = "device", .number = 1}))
               ? 0
               : -EINVAL;
#elif MISTAKE == 15
    return stele_construct ("ram", STELE_ARGUMENTS ({"size", "huge", NULL, 0})) ? 0 : -EINVAL;
#elif MISTAKE == 16
    return 77;
#elif MISTAKE == 17
    return -EBUSY;
#elif MISTAKE == 18
    if (stele_construct ("ram", NULL))
        return 0;
    stele_error_forget ();
    return stele_error (EIO, "something else");
#elif MISTAKE == 19
    struct stele_device *ram = stele_construct ("ram", STELE_ARGUMENTS ({"size", "1M", NULL, 0}));
    int result = stele_device_extents (ram, UINT64_MAX, 512, each, NULL);

    stele_device_unref (ram);
    return result;
#elif MISTAKE == 0
    for (size_t i = 0; i < stele_parameter_given ("words"); i++)
        note ("word %s", stele_parameter_string_at ("words", i));
    if (stele_parameter_string_at ("words", stele_parameter_given ("words")))
        return -EINVAL;
    note ("way %s %zu", stele_parameter_string ("way"), stele_parameter_given ("way"));
#endif
    return 0;
}

static int64_t size (void *handle) {
    (void) handle;
    return MISTAKE == 20   ? -ENXIO
           : MISTAKE == 21 ? INT64_MIN
                           : (int64_t) stele_parameter_size ("length");
}

static int can_fua (void *handle) {
    (void) handle;
    return MISTAKE == 22 ? 3 : STELE_NONE;
}

static int wrong (void *handle, struct stele_request *r) {
    (void) handle;
    if (MISTAKE == 30)
        return (int) r->count;
    if (MISTAKE == 31)
        return -100000;
    if (MISTAKE == 32)
        return STELE_PASS;
    if (MISTAKE == 33)
        return stele_request_sleep (r, 0, NULL, NULL); /* passes */
    if (MISTAKE == 34)
        return stele_extents_add (r, 0, 1, 0) == -EINVAL ? pread_x (handle, r) : -EIO;
    if (MISTAKE == 35) {
        pread_x (handle, r);
        stele_request_hole (r, 256, 16);
        stele_request_hole (r, 100, 200);
        stele_request_hole (r, 500, 100); /* past the end */
        return 0;
    }
    return pread_x (handle, r);
}

const struct stele_plugin stele_plugin = {
#if MISTAKE == 40
    .name = "forgets",
#elif MISTAKE == 41
    .struct_size = sizeof (struct stele_plugin),
    .api_version = 2,
#elif MISTAKE == 42
    .struct_size = 64,
    .api_version = STELE_API_VERSION,
#elif MISTAKE == 43
    .struct_size = 100000,
    .api_version = STELE_API_VERSION,
#elif MISTAKE == 44
    STELE_PLUGIN,
    .model = (enum stele_model) 9,
#elif MISTAKE == 45
    STELE_PLUGIN,
    .filter = true,
#elif MISTAKE == 46
    .struct_size = sizeof (struct stele_plugin),
    .api_version = 1,
    .parameter_size = 8,
#else
    STELE_PLUGIN,
#endif
    .parameters = parameters,
    .get_ready = get_ready,
    .get_size = size,
    .can_fua = can_fua,
    .pread = wrong,
};
