/* SPDX-License-Identifier: BSD-3-Clause */
/* steps.c: the conversation as a table.  Read downwards it is how a connection goes. */
#include "steps.h"

#include "connection.h"
#include "handshake.h"
#include "nbd.h"
#include "negotiate.h"
#include "transmission.h"

const struct step_row steps[STEP_COUNT] = {
    [STEP_START] = {"the start", 0, handshake_start},
    [STEP_CLIENT_FLAGS] = {"client flags", 4, handshake_client_flags},
    [STEP_OPTION] = {"an option", NBD_OPTION_SIZE, negotiate_option},
    [STEP_OPTION_DATA] = {"an option's data", STEP_VARIES, negotiate_option_data},
    [STEP_REQUEST] = {"a request", NBD_REQUEST_SIZE, transmission_request},
    [STEP_EXTENDED_REQUEST] = {"a request", NBD_EXTENDED_REQUEST_SIZE, transmission_request},
    [STEP_PAYLOAD] = {"a payload", STEP_VARIES, transmission_payload},
    [STEP_FILLED] = {"a large payload", 0, transmission_filled},
    [STEP_STATUS_PAYLOAD] = {"a choice of contexts", STEP_VARIES, transmission_status_payload},
};

void step_next_wanting (struct connection *c, enum step step, size_t want) {
    c->step = step;
    c->want = want;
}

void step_next (struct connection *c, enum step step) {
    step_next_wanting (c, step, steps[step].want);
}
