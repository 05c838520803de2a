/* SPDX-License-Identifier: BSD-3-Clause */
/* place.h: a folder for what a compiler writes, for as long as it works. */
#ifndef STELE_CC_PLACE_H
#define STELE_CC_PLACE_H

#include "../../core/error.h"

struct place {
    char *path;
    char *source; /* for a script that is not a file */
    char *object;
    char *read; /* what the compiler has read, as it tells `make` */
};

int place_new (struct place *, struct error *); /* 0 or -errno with a sentence, nothing kept */
void place_clear (struct place *);              /* it is gone, with all that is in it */

#endif
