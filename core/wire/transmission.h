/* SPDX-License-Identifier: BSD-3-Clause */
/* transmission.h: requests understood, run, and collected when they are finished. */
#ifndef STELE_TRANSMISSION_H
#define STELE_TRANSMISSION_H

#include "steps.h"

enum took transmission_request (struct connection *, const uint8_t *bytes);
enum took transmission_payload (struct connection *, const uint8_t *bytes);
enum took transmission_filled (struct connection *, const uint8_t *bytes);
enum took transmission_status_payload (struct connection *, const uint8_t *bytes);

/* Run the commands that the steps have understood; those that finish at once have their
 * replies put into the output. */
void transmission_run (struct connection *);

/* Take what others have finished since. */
void transmission_collect (struct connection *);

#endif
