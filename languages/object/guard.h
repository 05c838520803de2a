/* SPDX-License-Identifier: BSD-3-Clause */
/* guard.h: should what is being loaded crash, somebody says what it was. */
#ifndef STELE_OBJECT_GUARD_H
#define STELE_OBJECT_GUARD_H

/* Between the two a fatal signal of this thread ends the process with status 1 and a sentence
 * on standard error that names the file.  Not nested; other threads wait. */
void guard_enter (const char *program, const char *path);
void guard_leave (void);

#endif
