/* SPDX-License-Identifier: BSD-3-Clause */
/* ballast.c: 2 GiB of memory that a server holds, as it may after a while.
 *
 * Preloaded into the server alone: what it starts shall not have it. */
#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 20, PIECES = 2048 };

static void *volatile pieces[PIECES];

__attribute__ ((constructor)) static void load_up (void) {
    unsetenv ("LD_PRELOAD");
    for (int i = 0; i < PIECES; i++)
        if ((pieces[i] = malloc (PIECE)))
            memset (pieces[i], 1, PIECE);
}
