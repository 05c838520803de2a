/* SPDX-License-Identifier: BSD-3-Clause */
/* words.h: the parameters behind the plugin's name, files of them read in.  For options.c. */
#ifndef STELE_WORDS_H
#define STELE_WORDS_H

#include "options.h"

/* Add a word to LIST; "@FILE" stands for the lines of that file.  0 or -errno. */
int words_add (struct strings *list, const char *word, struct error *);

#endif
