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

static int find_user (const char *name, uid_t *uid, bool *has_group, gid_t *gid,
                      struct error *error) {
    unsigned number = 0;
    bool is_number = number_of (name, &number);
    errno = 0;
    const struct passwd *pw = is_number ? getpwuid (number) : getpwnam (name);

    if (!pw && !is_number)
        return error_set (error, errno ? errno : ENOENT, "--user: there is no user '%s'", name);
    *uid = pw ? pw->pw_uid : number;
    *has_group = pw != NULL;
    *gid = pw ? pw->pw_gid : 0;
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

int privileges_drop (const char *user, const char *group, struct error *error) {
    uid_t uid = 0;
    gid_t gid = 0;
    bool has_group = false;

    int r = user ? find_user (user, &uid, &has_group, &gid, error) : 0;
    if (r == 0 && group) {
        r = find_group (group, &gid, error);
        has_group = true;
    }
    if (r < 0)
        return r;
    bool already =
        geteuid () != 0 && (!user || geteuid () == uid) && (!has_group || getegid () == gid);
    if (already)
        return 0;
    if (has_group && (setgroups (1, &gid) < 0 || setgid (gid) < 0))
        return error_set (error, errno, "changing to the group '%s': %s", group ? group : user,
                          strerror (errno));
    if (user && setuid (uid) < 0)
        return error_set (error, errno, "changing to the user '%s': %s", user,
                          strerror (errno));
    return 0;
}
