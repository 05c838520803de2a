#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# CC may be whatever compiles to a shared object: tcc, C++, and a compiler that understands -o
# and nothing else of what C compilers do.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/cli/cc.functions"

disk 1000 >disk.c
cat >bin/translate <<END
#!/bin/sh
[ \$# = 3 ] && [ "\$2" = -o ] || { echo "what is \$*?" >&2; exit 2; }
case \$3 in *.so) ;; *) echo "what is to be in \$3?" >&2; exit 2 ;; esac
echo run >>"$PWD/runs"
sed 's/thousand/1000/' "\$1" | ${CC:-cc} -x c -shared -fPIC - -o "\$3"
END
chmod +x bin/translate
disk thousand >disk.words
serves 1000 cc disk.words CC="$PWD/bin/translate" CFLAGS=
serves 1000 cc disk.words CC="$PWD/bin/translate" CFLAGS=
runs 2

# With neither the configured one nor cc there is tcc.
if command -v tcc >/dev/null; then
    serves 1000 disk.c CC=tcc
    ln -s "$(command -v tcc)" "$(command -v sh)" "$(command -v nbdinfo)" bin
    rm bin/cc
    rm -r "$kept"
    size=$(PATH=$PWD/bin "$STELE" -U - disk.c --run 'nbdinfo --size "$uri"')
    same "$size" 1000
fi
need g++
cat >disk.cpp <<'END'
#include <cerrno>
#include <cstring>
#include <string>
#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>
#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL
static const std::string text (1000, 'x');
static void *open_it (int) { return NBDKIT_HANDLE_NOT_NEEDED; }
static int64_t size (void *) { return text.size (); }
static int get (void *, void *data, uint32_t count, uint64_t offset, uint32_t) {
    std::memcpy (data, text.data () + offset, count);
    return 0;
}
static struct nbdkit_plugin make () {
    struct nbdkit_plugin p = {};
    p.name = "cpp";
    p.open = open_it;
    p.get_size = size;
    p.pread = get;
    return p;
}
static struct nbdkit_plugin plugin = make ();
NBDKIT_REGISTER_PLUGIN (plugin)
END
serves 1000 cc CC=g++ disk.cpp
