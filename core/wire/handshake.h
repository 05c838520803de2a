/* SPDX-License-Identifier: BSD-3-Clause */
/* handshake.h: the steps before the first option. */
#ifndef STELE_HANDSHAKE_H
#define STELE_HANDSHAKE_H

#include "steps.h"

/* A client has connected: may it? and greet it. */
enum took handshake_start (struct connection *, const uint8_t *);
enum took handshake_client_flags (struct connection *, const uint8_t *);

/* The answer to EXPORT_NAME, which is also most of the old style's greeting. */
void handshake_send_export (struct connection *);

#endif
