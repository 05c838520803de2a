/* SPDX-License-Identifier: BSD-3-Clause */
/* exports.c: a growing list of names with descriptions.
 *
 * What a script lists goes through exports_add, so the protocol's limits are kept here
 * and nowhere else. */
#include "exports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int make_room (struct exports *exports) {
    if (exports->n < exports->room)
        return 0;
    size_t room = exports->room ? exports->room * 2 : 16;
    struct export *v = reallocarray (exports->v, room, sizeof *v);
    if (!v)
        return -ENOMEM;
    exports->v = v;
    exports->room = room;
    return 0;
}

static int check_length (const char *what, const char *text, struct error *error) {
    if (text && strlen (text) > EXPORT_NAME_MAX)
        return error_set (error, EINVAL, "the export %s '%.40s...' is longer than %d bytes",
                          what, text, EXPORT_NAME_MAX);
    return 0;
}

int exports_add (struct exports *exports, const char *name, const char *description,
                 struct error *error) {
    int r = check_length ("name", name, error);
    if (r == 0)
        r = check_length ("description", description, error);
    if (r < 0)
        return r;
    if (exports->n >= EXPORTS_MAX)
        return error_set (error, EINVAL, "more than %d exports", EXPORTS_MAX);

    struct export export = {.name = strdup (name)};
    if (description)
        export.description = strdup (description);
    if (make_room (exports) < 0 || !export.name || (description && !export.description)) {
        free (export.name);
        free (export.description);
        return error_set (error, ENOMEM, "no memory for another export");
    }
    exports->v[exports->n++] = export;
    return 0;
}

void exports_clear (struct exports *exports) {
    for (size_t i = 0; i < exports->n; i++) {
        free (exports->v[i].name);
        free (exports->v[i].description);
    }
    free (exports->v);
    *exports = (struct exports){0};
}
