/* SPDX-License-Identifier: BSD-3-Clause */
/* compiler.h: who compiles, how it is called, and all that decides what comes of it. */
#ifndef STELE_CC_COMPILER_H
#define STELE_CC_COMPILER_H

#include <stdbool.h>

#include "../../core/error.h"
#include "content.h"
#include "digest.h"

struct compiler {
    const char *cc, *cflags, *extra; /* words of a shell, as the user gave them */
    bool chosen;    /* the user gave one of them, so there may be names relative to a folder */
    bool cacheable; /* the words and files below decide what it makes, and nothing else */
    bool tells;     /* it understands -MD -MF */
    char *includes; /* the folder of our own headers */
    char *command;  /* for sh -c: "$1" is the script, "$2" the object, "$3" what was read */
    char *identity; /* what the words are now, and which files they name */
};

#define COMPILER_FLAGS "-O2 -g -fPIC -shared" /* the usual ones */

/* CC, CFLAGS and EXTRA may be NULL: the defaults.  0 or -errno with a sentence. */
int compiler_find (struct compiler *, const char *cc, const char *cflags, const char *extra,
                   struct error *);
void compiler_clear (struct compiler *);

/* What decides what becomes of SOURCE, which lies at PATH.  0 or -ENOMEM. */
int compiler_key (const struct compiler *, const char *path, const struct content *source,
                  struct digest *key);

#endif
