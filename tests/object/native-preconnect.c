/* SPDX-License-Identifier: BSD-3-Clause */
/* Nobody may connect while there is a file "closed". */
#include "native.h"

#include <unistd.h>

static int preconnect (bool readonly) {
    (void) readonly;
    return access ("closed", F_OK) == 0 ? stele_error (EIO, "we are closed") : 0;
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,
    .preconnect = preconnect,
    .get_size = one_megabyte,
    .pread = pread_x,
};
