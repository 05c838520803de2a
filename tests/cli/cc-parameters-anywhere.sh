#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What is for the compiler may stand anywhere on the command line; all other words are the
# script's, which is there when --help, --version, --dump-plugin and -D ask about it.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/cli/cc.functions"

cat >disk.c <<'END'
#define NBDKIT_API_VERSION 1
#include <stdio.h>
#include <string.h>
#include <nbdkit-plugin.h>
#define THREAD_MODEL NBDKIT_THREAD_MODEL_SERIALIZE_REQUESTS

int disk_debug_letter = 'x';
static int64_t size = NUMBER;

static int config (const char *key, const char *value) {
    if (strcmp (key, "size") == 0)
        return (size = nbdkit_parse_size (value)) < 0 ? -1 : 0;
    nbdkit_error ("there is no parameter %s", key);
    return -1;
}

static void dump (void) { printf ("number=%d\n", NUMBER); }
static void *open_it (int readonly) { return NBDKIT_HANDLE_NOT_NEEDED; }
static int64_t get_size (void *handle) { return size; }

static int get (void *handle, void *data, uint32_t count, uint64_t offset) {
    memset (data, disk_debug_letter, count);
    return 0;
}

static struct nbdkit_plugin plugin = {
    .name = "disk",
    .version = "7.8",
    .longname = "a disk in C",
    .config = config,
    .config_help = "size=SIZE     how large",
    .magic_config_key = "size",
    .dump_plugin = dump,
    .open = open_it,
    .get_size = get_size,
    .pread = get,
};
NBDKIT_REGISTER_PLUGIN (plugin)
END
serves 5 cc EXTRA_CFLAGS=-DNUMBER=5 disk.c
serves 5 cc disk.c EXTRA_CFLAGS=-DNUMBER=5
serves 5 disk.c EXTRA_CFLAGS=-DNUMBER=5
serves 2048 cc CC="$compiler" disk.c 2K EXTRA_CFLAGS=-DNUMBER=5
serves 2048 disk.c size=2K EXTRA_CFLAGS=-DNUMBER=5
serves 3072 disk.c EXTRA_CFLAGS=-DNUMBER=5 size=3K --filter=cow
serves 5 cc CFLAGS='-fPIC -shared' script=disk.c EXTRA_CFLAGS=-DNUMBER=5
# A filter in C is compiled as the script is.
: >runs
serves 1536 --filter="$SRCDIR/tests/object/native-moves.c" disk.c 2K CC="$compiler" \
    EXTRA_CFLAGS='-DNUMBER=5 -DBOTH'
runs 2

refused "$STELE" disk.c EXTRA_CFLAGS=-DNUMBER=5 colour=red
holds "$said" "there is no parameter colour"

for words in "cc CC=$compiler EXTRA_CFLAGS=-DNUMBER=5 disk.c" "disk.c EXTRA_CFLAGS=-DNUMBER=5"; do
    said=$("$STELE" --help $words)
    holds "$said" "a disk in C"
    holds "$said" "size=SIZE     how large"
    holds "$said" "CC_TIMEOUT=TIME"
    same "$("$STELE" $words --version | tail -n 1)" "disk 7.8"
    said=$("$STELE" $words --dump-plugin)
    holds "$said" "magic_config_key=size"
    holds "$said" "api_version=1"
    holds "$said" "thread_model=serialize_requests"
    holds "$said" "number=5"
done
need nbdsh
"$STELE" -D disk.letter=121 cc disk.c EXTRA_CFLAGS=-DNUMBER=5 --run \
    'nbdsh -u "$uri" -c "assert h.pread(3, 1) == b\"yyy\""'

# Without a script the language tells of itself.
said=$("$STELE" cc --help)
holds "$said" "CFLAGS=FLAGS"
said=$("$STELE" cc --dump-plugin)
holds "$said" "CC="
holds "$said" "CFLAGS=-O2 -g -fPIC -shared"
