/* SPDX-License-Identifier: BSD-3-Clause */
/* The first sentence wins; numbers, names and the protocol's values agree; near misses. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../core/error.h"
#include "../../core/exports.h"
#include "check.h"

static const char *word_at (const void *of, int i) {
    const char *const *words = of;
    return words[i];
}

static void near_misses (void) {
    static const char *const words[] = {"size", "allocator", "offset", "x", "readonly", NULL};
    static const struct {
        const char *word, *near;
    } rows[] = {
        {"sise", "size"},
        {"siez", "size"},
        {"alocator", "allocator"},
        {"ofset", "offset"},
        {"readonli", "readonly"},
        {"read-only", "readonly"},
        {"quite", NULL},
        {"", NULL},
        {"y", NULL},
        {"entirely-other", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *near = error_near_miss (rows[i].word, word_at, words);
        CHECK (rows[i].near ? near && strcmp (near, rows[i].near) == 0 : !near);
    }
    char *longest = calloc (1, 100001);
    if (longest) {
        memset (longest, 'a', 100000);
        CHECK (!error_near_miss (longest, word_at, words));
    }
    free (longest);
}

int main (void) {
    struct error error = {0};

    CHECK_EQ (error_set (&error, ENOENT, "%s: not here\n", "x"), -ENOENT);
    CHECK_EQ (error_set (&error, EIO, "later"), -EIO);
    CHECK_EQ (error.number, ENOENT);
    CHECK (strcmp (error.text, "x: not here") == 0);
    CHECK_EQ (error_set (NULL, EPERM, "nobody listens"), -EPERM);
    error = (struct error){0};
    CHECK_EQ (error_set (&error, 0, "a failure without a number is one"), -EIO);

    /* Cut where it is full, but not inside a character of two bytes. */
    char many[1201];
    memset (many, 'a', 1200);
    for (int i = 1; i + 1 < 1200; i += 2)
        memcpy (many + i, "\xc3\xa9", 2);
    many[1200] = '\0';
    for (int shift = 0; shift < 2; shift++) {
        error = (struct error){0};
        error_set (&error, EIO, "%s%s", shift ? "b" : "", many);
        size_t n = strlen (error.text);
        CHECK (n >= sizeof error.text - 3 && (unsigned char) error.text[n - 1] != 0xc3);
    }

    CHECK (strcmp (error_name (EIO), "EIO") == 0);
    CHECK (error_name (123456) == NULL);
    CHECK_EQ (error_number ("enospc"), ENOSPC);
    CHECK_EQ (error_number ("EOPNOTSUPP"), EOPNOTSUPP);
    CHECK_EQ (error_number ("nonsense"), 0);
    CHECK_EQ (error_wire (EROFS), 1);
    CHECK_EQ (error_wire (ENOTSUP), 95);
    CHECK_EQ (error_wire (ENOENT), 22);
    CHECK_EQ (error_wire (123456), 22);
    near_misses ();

    struct exports exports = {0};
    for (int i = 0; i < EXPORTS_MAX; i++)
        CHECK_EQ (exports_add (&exports, "name", i % 2 ? "text" : NULL, NULL), 0);
    CHECK_EQ (exports_add (&exports, "one more", NULL, NULL), -EINVAL);
    exports_clear (&exports);
    char *name = calloc (1, EXPORT_NAME_MAX + 2);
    if (name) {
        memset (name, 'n', EXPORT_NAME_MAX);
        CHECK_EQ (exports_add (&exports, name, name, NULL), 0);
        name[EXPORT_NAME_MAX] = 'n';
        CHECK_EQ (exports_add (&exports, name, NULL, NULL), -EINVAL);
        CHECK_EQ (exports_add (&exports, "", name, NULL), -EINVAL);
    }
    free (name);
    exports_clear (&exports);
    return check_result ();
}
