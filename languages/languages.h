/* SPDX-License-Identifier: BSD-3-Clause */
/* languages.h: what each language folder shows to the table of languages, and no more. */
#ifndef STELE_LANGUAGES_H
#define STELE_LANGUAGES_H

#include "../core/language.h"

extern const struct language lua_language;               /* lua/ */
extern const struct language cc_language;                /* cc/ */
extern const struct language object_language;            /* object/ */
extern const struct language sh_language, eval_language; /* shell/ */

#endif
