/* SPDX-License-Identifier: BSD-3-Clause */
/* privileges.c: becoming somebody who may do less (-u, -g).
 *
 * The group goes first, for afterwards it is no longer allowed to.  Whoever asks for a
 * user wants root's groups gone too, so the user's own group comes with it. */
#include "privileges.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "params.h"

/* A number from 0 to the largest but one: (uid_t) -1 means "no change". */
static bool number_of (const char *text, unsigned *number) {
    uint64_t n;
    if (*text < '0' || *text > '9' || parse_unsigned ("", text, &n, NULL) < 0 || n >= UINT_MAX)
        return false;
    *number = (unsigned) n;
    return true;
}

static int find_user (const char *name, struct identity *who, struct error *error) {
    unsigned number = 0;
    bool is_number = number_of (name, &number);
    errno = 0;
    const struct passwd *pw = is_number ? getpwuid (number) : getpwnam (name);

    if (!pw && !is_number)
        return error_set (error, errno ? errno : ENOENT, "--user: there is no user '%s'", name);
    who->uid = pw ? pw->pw_uid : number;
    if (pw)
        who->gid = pw->pw_gid;
    return 0;
}

static int find_group (const char *name, gid_t *gid, struct error *error) {
    unsigned number = 0;
    errno = 0;
    const struct group *gr = getgrnam (name);

    if (!gr && !number_of (name, &number))
        return error_set (error, errno ? errno : ENOENT, "--group: there is no group '%s'",
                          name);
    *gid = gr ? gr->gr_gid : number;
    return 0;
}

int privileges_find (const char *user, const char *group, struct identity *who,
                     struct error *error) {
    *who = (struct identity){.uid = (uid_t) -1, .gid = (gid_t) -1};

    int r = user ? find_user (user, who, error) : 0;
    return r == 0 && group ? find_group (group, &who->gid, error) : r;
}

static bool is_already (const struct identity *who) {
    return geteuid () != 0 && (who->uid == (uid_t) -1 || geteuid () == who->uid) &&
           (who->gid == (gid_t) -1 || getegid () == who->gid);
}

int privileges_drop (const struct identity *who, struct error *error) {
    if (is_already (who))
        return 0;
    if (who->gid != (gid_t) -1 && (setgroups (1, &who->gid) < 0 || setgid (who->gid) < 0))
        return error_set (error, errno, "changing to the group %u: %s", who->gid,
                          strerror (errno));
    if (who->uid != (uid_t) -1 && setuid (who->uid) < 0)
        return error_set (error, errno, "changing to the user %u: %s", who->uid,
                          strerror (errno));
    return 0;
}
