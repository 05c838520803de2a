/* SPDX-License-Identifier: BSD-3-Clause */
/* languages.c: the languages that are linked in, a row each.
 *
 * A language is one folder and one row here.  The order is that in which a script's suffix
 * is looked up. */
#include "languages.h"

#include <stddef.h>

const struct language *const languages[] = {
    &lua_language,
    &sh_language,
    &eval_language,
    &object_language,
    &cc_language,
    NULL,
};
