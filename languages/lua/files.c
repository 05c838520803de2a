/* SPDX-License-Identifier: BSD-3-Clause */
/* files.c: functions of `stele` about names of files, which Lua itself does not have. */
#include "script.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail (lua_State *L, const char *path) {
    int number = errno;

    lua_pushfstring (L, "%s: %s", path, strerror (number));
    return error_raise (L, number, false);
}

static int exists (lua_State *L) {
    lua_pushboolean (L, access (luaL_checkstring (L, 1), F_OK) == 0);
    return 1;
}

static int real_path (lua_State *L) {
    const char *path = luaL_checkstring (L, 1);
    char **box = text_box (L);

    if (!(*box = realpath (path, NULL)))
        return fail (L, path);
    lua_pushstring (L, *box);
    return 1;
}

static int absolute_path (lua_State *L) {
    const char *path = luaL_checkstring (L, 1);
    char **box = text_box (L);

    if (path[0] == '/') {
        lua_settop (L, 1);
        return 1;
    }
    if (!(*box = getcwd (NULL, 0)))
        return fail (L, ".");
    lua_pushfstring (L, "%s%s%s", *box, (*box)[1] ? "/" : "", path);
    return 1;
}

/* [folder] __gc */
static int folder_collect (lua_State *L) {
    DIR **folder = lua_touserdata (L, 1);

    if (*folder)
        closedir (*folder);
    *folder = NULL;
    return 0;
}

/* Pushes it, open; what is listed does not outlive it by an error. */
static DIR *push_folder (lua_State *L, const char *path) {
    DIR **folder = lua_newuserdatauv (L, sizeof (DIR *), 0);

    *folder = NULL;
    if (luaL_newmetatable (L, "stele.folder")) {
        lua_pushcfunction (L, folder_collect);
        lua_setfield (L, -2, "__gc");
    }
    lua_setmetatable (L, -2);
    if (!(*folder = opendir (path)))
        fail (L, path);
    return *folder;
}

static const char *kind_of (DIR *folder, const char *name) {
    struct stat st;

    if (fstatat (dirfd (folder), name, &st, 0) < 0)
        return "other";
    return S_ISREG (st.st_mode)    ? "file"
           : S_ISBLK (st.st_mode)  ? "block"
           : S_ISDIR (st.st_mode)  ? "dir"
           : S_ISCHR (st.st_mode)  ? "char"
           : S_ISFIFO (st.st_mode) ? "fifo"
           : S_ISSOCK (st.st_mode) ? "socket"
                                   : "other";
}

/* A list of {name=, type=}, links followed. */
static int list_dir (lua_State *L) {
    const char *path = luaL_checkstring (L, 1);
    DIR *folder = push_folder (L, path);
    struct dirent *e;
    lua_Integer n = 0;

    lua_newtable (L);
    while (errno = 0, (e = readdir (folder))) {
        if (strcmp (e->d_name, ".") == 0 || strcmp (e->d_name, "..") == 0)
            continue;
        lua_createtable (L, 0, 2);
        lua_pushstring (L, e->d_name);
        lua_setfield (L, -2, "name");
        lua_pushstring (L, kind_of (folder, e->d_name));
        lua_setfield (L, -2, "type");
        lua_rawseti (L, -2, ++n);
    }
    return errno ? fail (L, path) : 1;
}

const luaL_Reg file_functions[] = {
    {"exists", exists},
    {"realpath", real_path},
    {"absolute_path", absolute_path},
    {"list_dir", list_dir},
    {NULL, NULL},
};
