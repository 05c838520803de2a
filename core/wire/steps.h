/* SPDX-License-Identifier: BSD-3-Clause */
/* steps.h: the conversation as a table: "I want these bytes; then do this".
 *
 * A step is called when all the bytes it wants have arrived, in one piece.  It passes over
 * them (unless it stalls), says what comes next (connection's step and want), and does no
 * I/O, so every transport runs the same code. */
#ifndef STELE_STEPS_H
#define STELE_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct connection;

enum step {
    STEP_START,
    STEP_CLIENT_FLAGS,
    STEP_OPTION,
    STEP_OPTION_DATA,
    STEP_REQUEST,
    STEP_EXTENDED_REQUEST,
    STEP_PAYLOAD,
    STEP_FILLED,
    STEP_STATUS_PAYLOAD,
    STEP_COUNT
};

enum took { STEP_TAKEN, STEP_STALLED };

struct step_row {
    const char *name;
    size_t want; /* bytes; STEP_VARIES: it was said when the step was chosen */
    enum took (*take) (struct connection *, const uint8_t *bytes);
};

#define STEP_VARIES SIZE_MAX

extern const struct step_row steps[STEP_COUNT];

/* Choose the next step; with its own WANT, or this one. */
void step_next (struct connection *, enum step);
void step_next_wanting (struct connection *, enum step, size_t want);

#endif
