/* SPDX-License-Identifier: BSD-3-Clause */
/* dependencies.h: which files a compiler has read, as it tells `make`. */
#ifndef STELE_CC_DEPENDENCIES_H
#define STELE_CC_DEPENDENCIES_H

/* The next file of the rules at *CURSOR, which moves on; NULL at their end.  The text is
 * changed: it becomes the names. */
char *dependencies_next (char **cursor);

#endif
