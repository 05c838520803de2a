#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# nbdkit's own cc plugin: it compiles a plugin, with our header, and loads it by itself; what
# that one calls is found.
. "$SRCDIR/tests/functions"
need_nbdkit_plugin cc
need cc nbdsh

cat >disk.c <<'SOURCE'
#include <errno.h>
#include <string.h>
#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>
#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL

static int64_t size;

static int disk_config (const char *key, const char *value) {
    if (strcmp (key, "size") != 0) {
        nbdkit_error ("no parameter %s", key);
        return -1;
    }
    size = nbdkit_parse_size (value);
    return size < 0 ? -1 : 0;
}

static void *disk_open (int readonly) {
    return NBDKIT_HANDLE_NOT_NEEDED;
}

static int64_t disk_get_size (void *handle) {
    return size;
}

static int disk_pread (void *handle, void *buffer, uint32_t count, uint64_t offset,
                       uint32_t flags) {
    if (offset == 4096) {
        nbdkit_error ("this sector is bad");
        nbdkit_set_error (EPERM);
        return -1;
    }
    memset (buffer, 'a', count);
    return 0;
}

static struct nbdkit_plugin plugin = {
    .name = "disk",
    .config = disk_config,
    .open = disk_open,
    .get_size = disk_get_size,
    .pread = disk_pread,
};

NBDKIT_REGISTER_PLUGIN (plugin)
SOURCE
# compiled PARAMETER...
compiled() {
    "$STELE" -U - "$plugin" disk.c CFLAGS="-fPIC -shared -I$SRCDIR/include" "$@"
}
compiled size=1M --run 'nbdsh -u "$uri" -c "
assert h.get_size() == 1 << 20 and h.is_read_only()
assert h.pread(70000, 1) == b\"a\" * 70000
try:
    h.pread(1, 4096)
    assert False
except nbd.Error as error:
    assert error.errno == \"EPERM\", error
"' 2>said || fail "$(cat said)"
holds "$(cat said)" "this sector is bad"
refused compiled sise=1M --run true
holds "$said" "no parameter sise"
