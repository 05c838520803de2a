/* SPDX-License-Identifier: BSD-3-Clause */
/* terminal.h: reading what is typed. */
#ifndef STELE_REPL_TERMINAL_H
#define STELE_REPL_TERMINAL_H

#include "repl.h"

/* Read and evaluate until the end of the input: with editing, history and completion on a
 * terminal, else line by line.  The status to exit with. */
int terminal_run (struct repl *);

#endif
