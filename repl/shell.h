/* SPDX-License-Identifier: BSD-3-Clause */
/* shell.h: running a command beside the prompt. */
#ifndef STELE_REPL_SHELL_H
#define STELE_REPL_SHELL_H

#include <sys/types.h>

/* Start /bin/sh -c COMMAND with these descriptors as 0, 1 and 2, and ENVIRONMENT (NULL: this
 * process's own).  The child's pid, or -errno. */
pid_t shell_start (const char *command, char **environment, int in, int out, int err);

#endif
