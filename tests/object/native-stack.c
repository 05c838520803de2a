/* SPDX-License-Identifier: BSD-3-Clause */
/* A filter, or with -DPLUGIN a plugin, whose open gives a stack of devices and nothing else:
 * all work is theirs. */
#include "native.h"

static const struct stele_parameter parameters[] = {
    {.name = "kind", .type = "string", .fallback = "slice", .doc = "of the device on top"},
    {.name = "from", .type = "string", .fallback = "1k", .doc = "where it begins"},
    {.name = "argument", .type = "string", .fallback = "offset", .doc = "which is given that"},
    {.name = NULL},
};

static int open_stack (struct stele_device *next, bool readonly, void **handle,
                       struct stele_device **device) {
    struct stele_device *below = NULL;

    (void) readonly, (void) handle;
    if (!next && !(next = below =
                       stele_construct ("pattern", STELE_ARGUMENTS ({"size", "1M", NULL, 0}))))
        return -EINVAL;
    *device = stele_construct (stele_parameter_string ("kind"),
                               STELE_ARGUMENTS ({.name = "device", .device = next},
                                                {.name = stele_parameter_string ("argument"),
                                                 .text = stele_parameter_string ("from")}));
    stele_device_unref (below); /* the one on top holds it */
    return *device ? 0 : -EINVAL;
}

/* The handle is then the device. */
static int describe (void *handle, char **text) {
    return asprintf (text, "a stack of %" PRIu64 " bytes", stele_device_get_size (handle)) < 0
               ? -ENOMEM
               : 0;
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,
#ifndef PLUGIN
    .filter = true,
#endif
    .parameters = parameters,
    .open = open_stack,
    .export_description = describe,
};
