/* SPDX-License-Identifier: BSD-3-Clause */
/* What compilers tell of the files that they have read, and what is kept of a compilation. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../languages/cc/dependencies.h"
#include "../../languages/cc/entry.h"
#include "../../languages/cc/image.h"
#include "check.h"

static void dependencies (void) {
    static const struct {
        const char *rules, *names[5];
    } rows[] = {
        {"", {NULL}},
        {"\n \\\n", {NULL}},
        {"a.so:", {NULL}},
        {"a.so: a.c", {"a.c"}},
        {"a.so: a.c b.h\n", {"a.c", "b.h"}},
        {"a.so: a.c \\\n  b.h \\\n /c/d.h\n", {"a.c", "b.h", "/c/d.h"}},
        {"a.so: a.c\\\nb.h", {"a.c", "b.h"}},
        {"a.so: a\\ b.c c\\#d.h $$e.h", {"a b.c", "c#d.h", "$e.h"}},
        {"a\\ b.so: c\\:d.h e\\f.h", {"c:d.h", "e\\f.h"}},
        {"a.so: \\\r\n", {"\\"}},
        {"a.so: b\\", {"b\\"}},
        {"a.so: b.h\nb.h:\n\nc.so: d.h", {"b.h", "d.h"}},
        {"a.so: b.h $", {"b.h", "$"}},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *rules = strdup (rows[i].rules), *cursor = rules, *name;
        size_t n = 0;
        while ((name = dependencies_next (&cursor)) && n < 5) {
            CHECK (rows[i].names[n] && strcmp (name, rows[i].names[n]) == 0);
            n++;
        }
        CHECK (!name && !rows[i].names[n]);
        free (rules);
    }
}

static void write_file (const char *path, const char *text) {
    int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK_EQ (content_write (fd, text, strlen (text)), 0);
    close (fd);
}

static const struct timespec forever = {.tv_sec = INT64_C (1) << 60};

/* An entry of two files. */
static void make (struct content *entry, struct digest key) {
    char object[] = "\177ELF\n\nand so on", rules[] = "a.so: a.c one.h two.h";
    char *folder = getcwd (NULL, 0);
    struct origin origin = {
        .key = key, .rules = rules, .source = "a.c", .folder = folder, .started = forever};

    CHECK_EQ (entry_make (entry, &(struct content){object, sizeof object}, &origin), 0);
    free (folder);
}

static void entries (void) {
    struct digest key = digest_of ("key", 3), other = digest_of ("other", 5);
    struct content entry;
    size_t size;

    write_file ("a.c", "");
    write_file ("one.h", "1");
    write_file ("two.h", "");
    make (&entry, key);
    const char *object = entry_object (&entry, key, &size);
    CHECK (object && size == 16 && strcmp (object, "\177ELF\n\nand so on") == 0);
    CHECK (!entry_object (&entry, other, &size));

    for (size_t i = 0; i < entry.size; i++) { /* every part of it, and every other byte */
        char *part = malloc (i + 1);
        memcpy (part, entry.data, i);
        part[i] = '\0';
        CHECK (!entry_object (&(struct content){part, i}, key, &size));
        free (part);
        entry.data[i] ^= 1;
        CHECK (!entry_object (&entry, key, &size));
        entry.data[i] ^= 1;
    }
    CHECK (entry_object (&entry, key, &size));
    write_file ("two.h", "2");
    CHECK (!entry_object (&entry, key, &size));
    write_file ("two.h", "");
    CHECK (entry_object (&entry, key, &size));
    unlink ("one.h");
    CHECK (!entry_object (&entry, key, &size));
    content_clear (&entry);
}

static void changed_meanwhile (void) {
    char rules[] = "a.so: a.c one.h", missing[] = "a.so: three.h", folder[] = "a.so: .";
    struct origin origin = {.rules = rules, .source = "a.c", .folder = "."};
    struct content entry, object = {rules, 1};

    write_file ("one.h", "1");
    CHECK_EQ (entry_make (&entry, &object, &origin), -EAGAIN);
    origin.started = forever;
    origin.rules = missing;
    CHECK_EQ (entry_make (&entry, &object, &origin), -ENOENT);
    origin.rules = folder;
    CHECK_EQ (entry_make (&entry, &object, &origin), -EINVAL);
    CHECK (!entry.data);
}

/* The loader knows objects by their names: none comes twice. */
static void images (void) {
    char before[IMAGE_PATH] = "";

    for (int i = 0; i < 300; i++) {
        struct image image;
        struct content content;
        CHECK_EQ (image_new (&image, "image", "x", 1), 0);
        CHECK (strcmp (image.path, before) != 0);
        strcpy (before, image.path);
        CHECK_EQ (content_of (AT_FDCWD, image.path, 10, &content), 0);
        CHECK (content.size == 1 && content.data[0] == 'x');
        content_clear (&content);
        image_free (&image);
    }
}

static void contents (void) {
    struct content content;

    write_file ("three", "123");
    CHECK_EQ (content_of (AT_FDCWD, "three", 3, &content), 0);
    CHECK_EQ (content.size, 3);
    content_clear (&content);
    CHECK_EQ (content_of (AT_FDCWD, "three", 2, &content), -EFBIG);
    CHECK_EQ (content_of (AT_FDCWD, ".", 2, &content), -EISDIR);
    CHECK_EQ (content_of (AT_FDCWD, "four", 2, &content), -ENOENT);
    CHECK (!content.data);
}

int main (void) {
    dependencies ();
    entries ();
    changed_meanwhile ();
    images ();
    contents ();
    return check_result ();
}
