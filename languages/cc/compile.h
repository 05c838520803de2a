/* SPDX-License-Identifier: BSD-3-Clause */
/* compile.h: one run of a compiler. */
#ifndef STELE_CC_COMPILE_H
#define STELE_CC_COMPILE_H

#include <signal.h>

#include "compiler.h"
#include "place.h"

/* The signals that end a server wait until compile_release, so that it can clear up first. */
void compile_hold (sigset_t *before);
void compile_release (const sigset_t *before);

/* Compile SOURCE to place->object, for TIMEOUT_NS at most (0: without end); WHAT names the
 * script.  Between the two above.  0 or -errno with a sentence. */
int compile (const struct compiler *, const struct place *, const char *source,
             const char *what, uint64_t timeout_ns, struct error *);

#endif
