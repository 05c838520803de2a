/* SPDX-License-Identifier: BSD-3-Clause */
/* helpers.h: what the functions that nbdkit plugins call have in common. */
#ifndef STELE_OBJECT_HELPERS_H
#define STELE_OBJECT_HELPERS_H

#include "nbdkit.h"

/* A function of the core failed: say so as nbdkit_error does, and set errno.  Returns -1. */
int helper_failed (const struct error *);

/* The host that the calling object lives in; NULL where there is none. */
struct host *helper_host (void);

/* The parameter that is being given, or FALLBACK: what a message is about. */
const char *helper_subject (const char *fallback);

#endif
