/* SPDX-License-Identifier: BSD-3-Clause */
/* Fuzzes the NBD protocol: the input is all that a client says, from its first byte on.
 *
 * One wire serves every input over a socket pair, with a small RAM disk behind it, so
 * what one client broke the next one finds.  The client reads all replies until the
 * server hangs up; a server that does not is found by libFuzzer's time limit. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pool.h"
#include "primitives/primitives.h"
#include "wire/wire.h"

static struct host host = {.log = {.program = "fuzz", .to = LOG_TO_NULL}};
static struct device *disk;

static int preconnect (void *of, const struct session *s, struct error *e) {
    (void) of, (void) s, (void) e;
    return 0;
}

static int list_exports (void *of, const struct session *s, struct exports *x, struct error *e) {
    (void) of, (void) s;
    return exports_add (x, "disk", "a disk", e);
}

static int default_export (void *of, const struct session *s, char **name, struct error *e) {
    (void) of, (void) s;
    *name = strdup ("disk");
    return *name ? 0 : error_set (e, ENOMEM, "out of memory");
}

static struct device *open_disk (void *of, const struct session *s, struct error *e) {
    (void) of;
    if (strcmp (s->export_name, "none") == 0) {
        error_set (e, ENOENT, "there is no such export");
        return NULL;
    }
    return device_ref (disk);
}

static const struct service service = {
    .host = &host,
    .preconnect = preconnect,
    .list_exports = list_exports,
    .default_export = default_export,
    .open = open_disk,
};

/* The first byte of the input chooses how the server is set. */
static struct wire *wires[4];
static const struct wire_options options[4] = {
    {.mask_handshake = 0xffff},
    {.mask_handshake = 0xffff, .no_structured = true, .no_meta_contexts = true},
    {.mask_handshake = 0, .readonly = true},
    {.mask_handshake = 0xffff, .oldstyle = true},
};

static void start (void) {
    const struct primitive *ram = primitive_find ("ram");
    struct arguments a;
    struct error error = {0};

    host.pool = pool_new (4);
    assert (host.pool && pool_start (host.pool) == 0);
    int r = arguments_init (&a, ram->parameters);
    assert (r == 0);
    r = arguments_give (&a, "fuzz", "size", "1M", &error);
    assert (r == 0);
    disk = primitive_open (ram, &host, &a, &error);
    assert (disk);
    arguments_clear (&a);
    for (int i = 0; i < 4; i++) {
        wires[i] = wire_new (&service, &options[i]);
        assert (wires[i]);
        r = wire_start (wires[i], &error);
        assert (r == 0);
    }
}

/* Say all of it and read whatever comes until the server has gone. */
static void converse (int fd, const uint8_t *data, size_t size) {
    static char sink[1 << 16];

    while (size > 0) {
        ssize_t n = send (fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN)
            break;
        if (n > 0)
            data += n, size -= (size_t) n;
        else if (recv (fd, sink, sizeof sink, 0) <= 0)
            break;
    }
    shutdown (fd, SHUT_WR);
    while (recv (fd, sink, sizeof sink, 0) > 0)
        ;
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
    struct error error = {0};
    int pair[2];

    if (!disk)
        start ();
    if (size == 0 || socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return 0;
    if (wire_serve (wires[data[0] % 4], pair[0], pair[0], NULL, NULL, &error) == 0)
        converse (pair[1], data + 1, size - 1);
    close (pair[1]);
    return 0;
}
