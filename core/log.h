/* SPDX-License-Identifier: BSD-3-Clause */
/* log.h: where sentences for people go.
 *
 *     stele: [NAME: ]WHO[N]: error: TEXT
 *
 * WHO is a plugin's name and N the connection's number, where there are any.  Errors go
 * to the chosen place, debug lines always to standard error, and only when verbose.
 * Control characters in TEXT are escaped.  Any thread. */
#ifndef STELE_LOG_H
#define STELE_LOG_H

#include <stdarg.h>
#include <stdbool.h>

#include "error.h"

enum log_to { LOG_TO_DEFAULT, LOG_TO_STDERR, LOG_TO_SYSLOG, LOG_TO_NULL, LOG_TO_FILE };

struct log {
    const char *program; /* what the user started: "stele" or "nbdkit" */
    const char *name;    /* --name, or NULL */
    enum log_to to;
    bool verbose;
    bool background; /* standard error is gone: the default becomes syslog */
    bool no_controlpath, no_datapath; /* -D nbdkit.backend.*=0 */
    int fd;                           /* LOG_TO_FILE */
};

void log_error (const struct log *, const char *who, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));
void log_debug (const struct log *, const char *who, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));
void log_verror (const struct log *, const char *who, const char *format, va_list)
    __attribute__ ((format (printf, 3, 0)));
void log_vdebug (const struct log *, const char *who, const char *format, va_list)
    __attribute__ ((format (printf, 3, 0)));

/* Tell what failed, for whoever is the last to know of it; not where it was told already. */
void log_failure (const struct log *, const char *who, const struct error *);

#endif
