/* SPDX-License-Identifier: BSD-3-Clause */
/* Compiled with the header of a stele to come, which has one more member; -DUSES_IT. */
#include "native.h"

struct newer {
    struct stele_plugin plugin;
    int (*more) (void);
};

static int more (void) {
    return 0;
}

#pragma GCC diagnostic ignored "-Wlto-type-mismatch"
extern const struct newer newer __asm__("stele_plugin");
const struct newer newer = {
    .plugin =
        {
            .struct_size = sizeof (struct newer),
            .api_version = STELE_API_VERSION,
            .parameter_size = sizeof (struct stele_parameter),
            .get_size = one_megabyte,
            .pread = pread_x,
        },
#ifdef USES_IT
    .more = more,
#endif
};

int (*const used) (void) = more;
