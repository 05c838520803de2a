#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What cannot be loaded is refused with one sentence that says what is wrong with which file.
. "$SRCDIR/tests/functions"

# mistake WANTED FLAGS...: with these it is compiled, and this is said of it.
mistake() {
    wanted=$1
    shift
    rm -f bad.so
    compile mistakes bad.so "$@"
    refused "$STELE" "$PWD/bad.so"
    holds "$said" "$PWD/bad.so: $wanted"
    same "$(echo "$said" | wc -l)" 1
}

mistake "it is no plugin: it does not export" -DSYMBOL=other_init
mistake "it is a filter of nbdkit" -DSYMBOL=filter_init
mistake "its plugin_init gave no plugin" '-DMISTAKE=return NULL'
mistake "its struct nbdkit_plugin has 100 bytes" '-DMISTAKE=plugin._struct_size = 100'
mistake "its API version is 3" '-DMISTAKE=plugin._api_version = 3'
mistake "its API version is 0" '-DMISTAKE=plugin._api_version = 0'
mistake "its thread model is -1" '-DMISTAKE=plugin._thread_model = -1'
mistake "its .name is missing" -DNO_NAME
mistake "its .name is 'a b'" '-DNAME="a b"'
mistake "its .name is '-a'" '-DNAME="-a"'
mistake "its .open is missing" -DNO_OPEN
mistake "its .get_size is missing" -DNO_GET_SIZE
mistake "its .pread is missing" -DNO_PREAD
mistake "its .pread is missing" '-DMISTAKE=plugin._api_version = 1'
mistake "undefined symbol: nobody_has_this" -DUNRESOLVED
mistake "it crashed while it was being loaded (SIGSEGV)" '-DCRASH_EARLY=*(volatile int *) 8 = 1'
mistake "it crashed while it was being loaded (SIGABRT)" '-DCRASH_EARLY=abort ()'
mistake "it crashed while it was being loaded (SIGABRT)" '-DCRASH_LATE=abort ()'

# As a filter.
compile mistakes good.so
refused "$STELE" --filter="$PWD/good.so" null
holds "$said" "$PWD/good.so: it is a plugin, not a filter"

# Files that are something else.
echo 'function get_size() return 1 end' >text.so
refused "$STELE" ./text.so
holds "$said" "$PWD/text.so: it is not a shared object: not an ELF file"
: >empty.so
refused "$STELE" ./empty.so
holds "$said" "$PWD/empty.so: it is not a shared object"
${CC:-cc} -c -fPIC "-I$SRCDIR/include" -o object.so "$SRCDIR/tests/object/mistakes.c"
refused "$STELE" ./object.so
holds "$said" "$PWD/object.so: it is an ELF file, but not a shared object: link it with -shared"
head -c 4096 good.so >cut.so
refused "$STELE" ./cut.so
holds "$said" "$PWD/cut.so: "
refused "$STELE" ./missing.so
holds "$said" "./missing.so: No such file"

# For another machine: of 32 bits, the other order of bytes, an unheard-of number.
altered() {
    cp good.so foreign.so
    printf "$2" | dd of=foreign.so bs=1 seek="$1" conv=notrunc 2>/dev/null
    refused "$STELE" ./foreign.so
    holds "$said" "$PWD/foreign.so: it was compiled for $3"
    holds "$said" ", and this program is for "
}
case $(uname -m) in
    x86_64)
        altered 18 '\267\000' "64-bit ARM64"
        altered 4 '\001' "32-bit x86-64"
        altered 18 '\376\376' "a 64-bit machine with ELF number 65278"
        ;;
esac
