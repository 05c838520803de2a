/* SPDX-License-Identifier: BSD-3-Clause */
/* folder.c: the folder that a script finds as $tmpdir, and its end.
 *
 * It is its owner's alone, so what scripts put there is safe from others; nothing here
 * follows a symbolic link or leaves the folder's file system.  It is gone also when the
 * process cannot end in order, unless that is killed by SIGKILL. */
#include "shell.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../core/leftovers.h"
#include "../../core/privileges.h"

char *folder_new (void) {
    const char *parent = getenv ("TMPDIR");
    char *path;

    if (asprintf (&path, "%s/stele-XXXXXX", parent && *parent == '/' ? parent : "/tmp") < 0) {
        errno = ENOMEM;
        return NULL;
    }
    if (mkdtemp (path)) {
        leftovers_note (path, LEFTOVER_FOLDER);
        return path;
    }
    free (path);
    return NULL;
}

/* Everything in it, each folder after what it holds, itself last. */
static void walk (const char *path, void (*visit) (const FTSENT *, const void *of),
                  const void *of) {
    char *roots[] = {(char *) path, NULL}; /* it is merely not declared const */
    FTS *tree = fts_open (roots, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
    FTSENT *e;

    while (tree && (e = fts_read (tree)))
        if (e->fts_info != FTS_D)
            visit (e, of);
    if (tree)
        fts_close (tree);
}

static void remove_one (const FTSENT *e, const void *of) {
    (void) of;
    remove (e->fts_accpath); /* what cannot be removed stays, with the folders that it is in */
}

void folder_remove (const char *path) {
    walk (path, remove_one, NULL);
    leftovers_forget (path);
}

/* A file with another name elsewhere is perhaps somebody's, and not ours to give. */
static void give_one (const FTSENT *e, const void *of) {
    const struct identity *who = of;

    if (e->fts_info == FTS_NS || (e->fts_info != FTS_DP && e->fts_statp->st_nlink > 1))
        return;
    if (lchown (e->fts_accpath, who->uid, who->gid) < 0)
        return; /* its owner may not give it away: then it stays as it is */
}

void folder_give (const char *path, const struct identity *who) {
    walk (path, give_one, who);
}
