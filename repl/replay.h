/* SPDX-License-Identifier: BSD-3-Clause */
/* replay.h: one transcript, in a process of its own. */
#ifndef STELE_REPL_REPLAY_H
#define STELE_REPL_REPLAY_H

#include <stddef.h>

#include "check.h"

/* Where it happens, and what of it outlives the process. */
struct stage {
    char *folder;          /* empty */
    int report, messages;  /* memory files: what is to be said; what went to standard error */
    volatile size_t *line; /* shared memory: the line that is being replayed, from 1; 0 when it
                              has come to its end */
};

/* The status to exit with. */
int replay (const struct check *, const char *path, const struct stage *);

#endif
