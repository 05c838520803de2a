/* SPDX-License-Identifier: BSD-3-Clause */
/* info.h: the options INFO and GO. */
#ifndef STELE_INFO_H
#define STELE_INFO_H

#include <stdint.h>

struct connection;

void info_option (struct connection *, const uint8_t *data, uint32_t n);

#endif
