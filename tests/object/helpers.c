/* SPDX-License-Identifier: BSD-3-Clause */
/* helpers.c: parameters call functions of the server and print what these gave: it is asked by
 * `--dump-plugin`.  With a client it tells in its data who that is. */
#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL

#define PARSE(type, format)                                                                    \
    static void try_##type (const char *text) {                                                \
        type result = 55;                                                                      \
        int r = nbdkit_parse_##type (#type, text, &result);                                    \
        printf ("%s -> %d %" format "\n", text, r, result);                                    \
    }

PARSE (int, "d")
PARSE (unsigned, "u")
PARSE (int8_t, PRId8)
PARSE (uint8_t, PRIu8)
PARSE (int16_t, PRId16)
PARSE (uint16_t, PRIu16)
PARSE (int32_t, PRId32)
PARSE (uint32_t, PRIu32)
PARSE (int64_t, PRId64)
PARSE (uint64_t, PRIu64)

static void try_size (const char *text) {
    printf ("%s -> %" PRId64 "\n", text, nbdkit_parse_size (text));
}

static void try_bool (const char *text) {
    printf ("%s -> %d\n", text, nbdkit_parse_bool (text));
}

static void try_probability (const char *text) {
    double result = 55;
    int r = nbdkit_parse_probability ("p", text, &result);
    printf ("%s -> %d %g\n", text, r, result);
}

static void try_delay (const char *text) {
    unsigned seconds = 55, nanoseconds = 55;
    int r = nbdkit_parse_delay ("delay", text, &seconds, &nanoseconds);
    printf ("%s -> %d %u %u\n", text, r, seconds, nanoseconds);
}

static void try_password (const char *text) {
    char *password = NULL;
    int r = nbdkit_read_password (text, &password);
    printf ("%s -> %d %s\n", text, r, password ? password : "none");
    free (password);
}

static void try_path (const char *text) {
    char *absolute = nbdkit_absolute_path (text), *real = nbdkit_realpath (text);
    printf ("%s -> %s %s\n", text, absolute ? absolute : "none", real ? real : "none");
    free (absolute);
    free (real);
}

static void try_intern (const char *text) {
    const char *a = nbdkit_strdup_intern (text), *b = nbdkit_strndup_intern (text, 3);
    const char *c = nbdkit_printf_intern ("<%s>", text);
    printf ("%s -> %s %s %s\n", text, a, b, c);
}

static void try_extents (const char *text) {
    struct nbdkit_extents *list = nbdkit_extents_new (1000, 5000);
    struct nbdkit_extent e;
    int gap;

    nbdkit_add_extent (list, 0, 2000, 0);
    nbdkit_add_extent (list, 2000, 500, 0);
    nbdkit_add_extent (list, 2500, 10000, NBDKIT_EXTENT_ZERO);
    e = nbdkit_get_extent (list, 1);
    printf ("%s -> %zu of them, the second %" PRIu64 " %" PRIu64 " %u\n", text,
            nbdkit_extents_count (list), e.offset, e.length, (unsigned) e.type);
    nbdkit_extents_free (list);
    list = nbdkit_extents_new (0, 5000);
    errno = 0;
    gap = nbdkit_add_extent (list, 1, 1, 0);
    printf ("gap -> %d %s\n", gap, errno == ERANGE ? "ERANGE" : "?");
    nbdkit_extents_free (list);
    printf ("backwards -> %d\n", nbdkit_extents_new (2, 1) != NULL);
}

static void try_sleep (const char *text) {
    struct timespec start, end;
    int r;

    clock_gettime (CLOCK_MONOTONIC, &start);
    r = nbdkit_nanosleep (0, (unsigned) strtoul (text, NULL, 10));
    clock_gettime (CLOCK_MONOTONIC, &end);
    printf ("%s -> %d %s\n", text, r, end.tv_sec > start.tv_sec ? "slept" : "did not sleep");
    printf ("for ever -> %d\n", nbdkit_nanosleep ((unsigned) INT_MAX + 1, 0));
}

static void try_outside (const char *text) {
    int64_t pid = nbdkit_peer_pid ();
    const char *name = nbdkit_export_name ();
    printf ("%s -> %d %s %d\n", text, (int) pid, name ? name : "none", nbdkit_is_tls ());
}

static const struct {
    const char *key;
    void (*run) (const char *);
} tries[] = {
    {"int", try_int},           {"unsigned", try_unsigned}, {"int8", try_int8_t},
    {"uint8", try_uint8_t},     {"int16", try_int16_t},     {"uint16", try_uint16_t},
    {"int32", try_int32_t},     {"uint32", try_uint32_t},   {"int64", try_int64_t},
    {"uint64", try_uint64_t},   {"size", try_size},         {"bool", try_bool},
    {"delay", try_delay},       {"password", try_password}, {"path", try_path},
    {"intern", try_intern},     {"extents", try_extents},   {"outside", try_outside},
    {"probability", try_probability}, {"sleep", try_sleep},
};

static int config (const char *key, const char *value) {
    size_t i;

    for (i = 0; i < sizeof tries / sizeof tries[0]; i++)
        if (strcmp (tries[i].key, key) == 0) {
            tries[i].run (value);
            return 0;
        }
    nbdkit_error ("unknown parameter '%s'", key);
    return -1;
}

/* What is read: a line about the client. */
static void *open_it (int readonly) {
    char *line = calloc (1, 512);
    struct sockaddr_storage address;
    socklen_t n = sizeof address;
    int named = nbdkit_peer_name ((struct sockaddr *) &address, &n);

    (void) readonly;
    snprintf (line, 512, "name %d family %d pid %d uid %d gid %d tls %d", named,
              (int) address.ss_family, (int) nbdkit_peer_pid (), (int) nbdkit_peer_uid (),
              (int) nbdkit_peer_gid (), nbdkit_is_tls ());
    return line;
}

static void close_it (void *h) {
    free (h);
}

static int64_t get_size (void *h) {
    (void) h;
    return 512;
}

static int pread_it (void *h, void *data, uint32_t count, uint64_t offset, uint32_t flags) {
    (void) flags;
    nbdkit_debug_hexdump (h, 20, "line ", 16);
    memcpy (data, (char *) h + offset, count);
    return 0;
}

static int pwrite_it (void *h, const void *data, uint32_t count, uint64_t offset,
                      uint32_t flags) {
    (void) h, (void) count, (void) offset, (void) flags;
    switch (*(const char *) data) {
    case 'd': nbdkit_disconnect (1); break;
    case 's': nbdkit_shutdown (); break;
    case 'w': nbdkit_debug ("going to wait"); return nbdkit_nanosleep (1000, 0);
    case 'n': return nbdkit_nanosleep (0, 1000);
    }
    return 0;
}

static struct nbdkit_plugin plugin = {
    .name = "helpers",
    .config = config,
    .open = open_it,
    .close = close_it,
    .get_size = get_size,
    .pread = pread_it,
    .pwrite = pwrite_it,
    .errno_is_preserved = 1,
};
NBDKIT_REGISTER_PLUGIN (plugin)
