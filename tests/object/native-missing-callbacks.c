/* SPDX-License-Identifier: BSD-3-Clause */
/* The least that a disk can be. */
#include "native.h"

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,
    .get_size = one_megabyte,
    .pread = pread_x,
};
