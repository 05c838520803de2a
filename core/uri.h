/* SPDX-License-Identifier: BSD-3-Clause */
/* uri.h: where a server can be found, as a URI and as words of the shell. */
#ifndef STELE_URI_H
#define STELE_URI_H

#include <stdbool.h>
#include <stdio.h>

#include "wire/listen.h"

/* The URI of an export behind a listener.  Malloc'ed; NULL for one that has none (a socket
 * that somebody else made), and when out of memory. */
char *uri_format (const struct listener *, const char *export_name);

/* Print TEXT so that the shell reads it as one word. */
void uri_print_quoted (FILE *, const char *text);

#endif
