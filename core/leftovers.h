/* SPDX-License-Identifier: BSD-3-Clause */
/* leftovers.h: what a process must not leave behind, even where it ends in the middle.
 *
 * Whoever makes such a file or folder notes its path, and forgets it after having removed
 * it, or when it is to stay.  What is noted is removed by a process that cannot wait for its
 * own end in order (signals.h).  The list is the process's, as its signal handlers are: any
 * server in it adds to the same one, from any thread. */
#ifndef STELE_LEFTOVERS_H
#define STELE_LEFTOVERS_H

enum leftover_kind { LEFTOVER_FILE, LEFTOVER_FOLDER };

/* An absolute PATH, which is copied: of a file, or of a folder with all that is in it.
 * Without memory it is not noted. */
void leftovers_note (const char *path, enum leftover_kind);
void leftovers_forget (const char *path);

/* For the very end, also in a signal handler: remove what is noted.  It takes no longer than a
 * moment, so of a large folder something may be left.  Once; then the list is closed, and who
 * would change it waits for the end. */
void leftovers_remove (void);

#endif
