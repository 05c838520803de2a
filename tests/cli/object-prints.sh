#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What --dump-plugin, --help and --version tell of a compiled plugin; debug flags reach it.
. "$SRCDIR/tests/functions"

compile everything
"$STELE" ./everything.so --dump-plugin thing=x >dump
for line in "path=$PWD/everything.so" name=everything version=3.4 api_version=2 struct_size=384 \
    max_thread_model=parallel thread_model=serialize_requests errno_is_preserved=1 \
    magic_config_key=thing has_longname=1 has_pread=1 has_block_size=1 has_cleanup=1 \
    has_config_help=1 everything_extra=-1; do
    [ "$(uname -m)" = x86_64 ] || [ $line != struct_size=384 ] || continue
    grep -qx "$line" dump || fail "no '$line' in: $(cat dump)"
done
same "$(tail -n 1 dump)" everything_extra=-1
"$STELE" ./everything.so --help >help
holds "$(cat help)" "plugin: everything (a disk with everything)"
holds "$(cat help)" "($PWD/everything.so)"
holds "$(cat help)" "All that there is."
holds "$(cat help)" "thing=<THING>   whatever you like"
same "$("$STELE" ./everything.so --version | tail -n 1)" "everything 3.4"

# A flag is an int of the plugin's; one that is not there does no harm.
"$STELE" -D everything.some.thing=42 ./everything.so --dump-plugin | grep -qx everything_extra=42 ||
    fail "the flag was not set"
"$STELE" -D everything.other=1 -D nobody.flag=2 -D nbdkit.tls.log=3 ./everything.so --dump-plugin 2>said >dump
same "$(tail -n 1 dump)" everything_extra=-1
same "$(cat said)" "stele: error: --debug: everything.other=1: there is no such flag, it does nothing
stele: error: --debug: nobody.flag=2: there is no such flag, it does nothing"
refused "$STELE" -D object.flag=1 object
holds "$said" "object.flag=1: there is no such flag"
holds "$said" "the script to run must be given"
