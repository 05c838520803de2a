/* SPDX-License-Identifier: BSD-3-Clause */
/* leftovers.c: a list of paths, and how to remove them where hardly anything is allowed.
 *
 * Removing runs in a signal handler: it takes no memory, holds no library's lock and needs
 * little of the stack; the folders that it goes down have their room here.  It follows no
 * symbolic link and leaves no file system, as folders hold what scripts put there. */
#include "leftovers.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pool.h"

enum { DEPTH = 64, ROOM = 1024 };                            /* folders in folders; bytes */
static const uint64_t moment_ns = UINT64_C (2) * 1000000000; /* for all that there is */

struct leftover {
    struct leftover *next;
    enum leftover_kind kind;
    char path[];
};

/* Guarded by BUSY.  Who holds it has blocked signals, so a handler finds it held by another
 * thread at most, which will let go of it. */
static atomic_flag busy = ATOMIC_FLAG_INIT;
static struct leftover *list; /* the latest first */

static void hold (void) {
    while (atomic_flag_test_and_set (&busy))
        sched_yield ();
}

static void enter (sigset_t *before) {
    sigset_t all;

    sigfillset (&all);
    pthread_sigmask (SIG_BLOCK, &all, before);
    hold ();
}

static void leave (const sigset_t *before) {
    atomic_flag_clear (&busy);
    pthread_sigmask (SIG_SETMASK, before, NULL);
}

void leftovers_note (const char *path, enum leftover_kind kind) {
    struct leftover *l = malloc (sizeof *l + strlen (path) + 1);
    sigset_t before;

    if (!l)
        return;
    l->kind = kind;
    strcpy (l->path, path);
    enter (&before);
    l->next = list;
    list = l;
    leave (&before);
}

void leftovers_forget (const char *path) {
    struct leftover **at = &list, *found;
    sigset_t before;

    enter (&before);
    while (*at && strcmp ((*at)->path, path) != 0)
        at = &(*at)->next;
    if ((found = *at))
        *at = found->next;
    leave (&before);
    free (found);
}

/* What a folder's entries are read into, one that is in another further down. */
static alignas (struct dirent64) char rooms[DEPTH][ROOM];

static bool is_itself (const char *name) {
    return strcmp (name, ".") == 0 || strcmp (name, "..") == 0;
}

/* The folder NAME in the folder IN, with all that is on DEVICE; DEPTH folders are open. */
static void remove_folder (int in, const char *name, dev_t device, unsigned depth,
                           uint64_t end_ns) {
    int fd = openat (in, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;
    ssize_t n;

    if (fd < 0)
        return;
    if (fstat (fd, &status) == 0 && (depth == 0 || status.st_dev == device))
        while (pool_clock_ns () < end_ns && (n = getdents64 (fd, rooms[depth], ROOM)) > 0)
            for (const char *at = rooms[depth]; at < rooms[depth] + n;) {
                const struct dirent64 *e = (const void *) at;
                if (!is_itself (e->d_name) && unlinkat (fd, e->d_name, 0) < 0 &&
                    depth + 1 < DEPTH)
                    remove_folder (fd, e->d_name, status.st_dev, depth + 1, end_ns);
                at += e->d_reclen;
            }
    close (fd);
    unlinkat (in, name, AT_REMOVEDIR);
}

void leftovers_remove (void) {
    uint64_t end_ns = pool_clock_ns () + moment_ns;

    hold ();
    for (const struct leftover *l = list; l; l = l->next)
        if (l->kind == LEFTOVER_FOLDER)
            remove_folder (AT_FDCWD, l->path, 0, 0, end_ns);
        else
            unlink (l->path);
}
