/* SPDX-License-Identifier: BSD-3-Clause */
/* test-file.c: a file against a model, its holes, and the ways it can be had or refused. */
#include "primitives.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "test-file.XXXXXX";

static char *path_of (const char *name) {
    static char path[4096];

    snprintf (path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void make_file (const char *name, off_t size) {
    int fd = open (path_of (name), O_RDWR | O_CREAT | O_TRUNC, 0644);

    CHECK (fd >= 0 && ftruncate (fd, size) == 0);
    close (fd);
}

static struct device *open_file (const char *name) {
    return MAKE ("file", GIVE ("path", path_of (name)));
}

static void against_the_model (void) {
    struct device *d;

    make_file ("disk", 3000001);
    d = open_file ("disk");
    CHECK (d && d->facts.can_write && d->facts.get_size == 3000001);
    model_run (d, 1500, 1);
    device_unref (d);
    d = MAKE ("file", GIVE ("path", path_of ("disk")), GIVE ("reduce_memory_pressure", "true"),
              GIVE ("fadvise", "random"));
    model_run (d, 300, 2);
    device_unref (d);
}

static void holes_are_seen (void) {
    struct hole hole[4];
    struct holes holes = {.v = hole, .room = 4};
    unsigned char *data = malloc (4 << 20);
    struct request r = {
        .work = WORK_pread, .data = data, .count = 4 << 20, .holes = &holes};
    struct device *d;
    struct extents e;

    make_file ("sparse", 4 << 20);
    d = open_file ("sparse");
    CHECK_EQ (device_pwrite (d, "here", 4, 2 << 20, 0, NULL), 0);
    extents_init (&e, 0, 4 << 20, false);
    CHECK_EQ (device_extents (d, &e, NULL), 0);
    CHECK_EQ (device_run (d, &r), 0);
    if (e.n == 3) { /* else the file system knows no holes */
        CHECK (e.v[0].type == (EXTENT_HOLE | EXTENT_ZERO) && e.v[1].type == 0);
        CHECK (holes.n == 2 && hole[0].start == 0 && hole[0].length == e.v[0].length);
    }
    request_fill_holes (&r);
    CHECK (memcmp (data + (2 << 20), "here", 5) == 0 && all_zero (data, 2 << 20));
    extents_clear (&e);
    free (data);
    device_unref (d);
}

static void one_that_shrinks (void) {
    struct device *d;
    char data[8192];
    struct request r = {.work = WORK_pread,
                        .data = data,
                        .offset = 4096,
                        .count = 8192,
                        .error = &last_error};

    make_file ("short", 65536);
    d = open_file ("short");
    CHECK_EQ (truncate (path_of ("short"), 8192), 0);
    CHECK_EQ (device_run (d, &r), -EIO);
    CHECK (r.error_at && r.error_offset == 8192 && strstr (last_error.text, "shorter"));
    device_unref (d);
}

static void read_only (void) {
    struct device *d;

    make_file ("locked", 4096);
    d = MAKE ("file", GIVE ("path", path_of ("locked")), GIVE ("readonly", "true"));
    CHECK (d && !d->facts.can_write && !d->facts.can_trim);
    CHECK_EQ (device_pwrite (d, "x", 1, 0, 0, NULL), -EPERM);
    device_unref (d);
    if (getuid () == 0)
        return;
    CHECK_EQ (chmod (path_of ("locked"), 0444), 0);
    d = open_file ("locked");
    CHECK (d && !d->facts.can_write);
    device_unref (d);
}

static void by_descriptor (void) {
    char number[20];
    struct device *d;
    int fd;

    make_file ("given", 12345);
    fd = open (path_of ("given"), O_RDWR);
    snprintf (number, sizeof number, "%d", fd);
    d = MAKE ("file", GIVE ("fd", number));
    close (fd);
    CHECK (d && d->facts.can_write && d->facts.get_size == 12345);
    CHECK_EQ (device_pwrite (d, "fd", 2, 12343, REQUEST_FUA, NULL), 0);
    device_unref (d);
    CHECK (!MAKE ("file", GIVE ("fd", number)));
    CHECK (strstr (last_error.text, "descriptor"));

    fd = open (folder, O_RDONLY | O_DIRECTORY);
    snprintf (number, sizeof number, "%d", fd);
    d = MAKE ("file", GIVE ("path", "given"), GIVE ("dirfd", number));
    CHECK (d && d->facts.get_size == 12345);
    device_unref (d);
    CHECK (!MAKE ("file", GIVE ("fd", number)));
    CHECK (strstr (last_error.text, "folder"));
    close (fd);
}

static void refusals (void) {
    CHECK (!open_file ("missing"));
    CHECK (strstr (last_error.text, "missing: No such file"));
    CHECK (!MAKE ("file", GIVE ("path", folder)));
    CHECK (strstr (last_error.text, folder));
    CHECK (!MAKE ("file", GIVE ("readonly", "true")));
    CHECK (!MAKE ("file", GIVE ("path", "/dev/null")));
    CHECK_EQ (mkfifo (path_of ("pipe"), 0600), 0);
    CHECK (!MAKE ("file", GIVE ("path", path_of ("pipe")), GIVE ("readonly", "true")));
}

/* A try either does it all, or nothing that another one would not do again. */
static void tries_are_whole (void) {
    static char data[4096], back[4096];
    struct device *d;
    struct request w = {.work = WORK_pwrite, .payload = data, .count = 4096, .at_once = true};
    struct request r = {.work = WORK_pread, .data = back, .count = 4096, .at_once = true};
    int result;

    make_file ("tried", 1 << 20);
    d = open_file ("tried");
    for (unsigned i = 0; i < 100; i++) {
        memset (data, (int) i + 1, sizeof data);
        w.offset = r.offset = i * 5000;
        CHECK ((result = device_run (d, &w)) == 0 || result == -EAGAIN);
        CHECK (result == 0 || device_pwrite (d, data, 4096, w.offset, 0, NULL) == 0);
        CHECK ((result = device_run (d, &r)) == 0 || result == -EAGAIN);
        CHECK (result == 0 || device_pread (d, back, 4096, r.offset, NULL) == 0);
        CHECK (memcmp (data, back, 4096) == 0);
    }
    w.flags = REQUEST_FUA; /* always waits */
    CHECK_EQ (device_run (d, &w), -EAGAIN);
    device_unref (d);
}

int main (void) {
    static const char *const names[] = {"disk", "sparse", "tried", "short", "locked", "given", "pipe"};

    CHECK (mkdtemp (folder) != NULL);
    against_the_model ();
    holes_are_seen ();
    tries_are_whole ();
    one_that_shrinks ();
    read_only ();
    by_descriptor ();
    refusals ();
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        unlink (path_of (names[i]));
    rmdir (folder);
    return check_result ();
}
