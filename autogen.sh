#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# From a fresh checkout to a ./configure that can be run.
#
#   ./autogen.sh                 look for what is needed; name the one command that
#                                installs what is missing
#   ./autogen.sh --install-deps  install it: what the build needs and what the tests use
#
# It installs the distribution's own packages and nothing else.  The table below is the
# only place that lists them.

set -eu
cd "$(dirname "$0")"

# An sshd, for a test with nbdkit's ssh plugin, is not in it: a package of a service starts
# that service.

# need   how to see that it is here         Debian           Fedora               what it is for
packages='
build    cc:cc,gcc                          gcc              gcc                  the C compiler
build    make                               make             make                 running the build
build    autoconf                           autoconf         autoconf             making ./configure
build    automake                           automake         automake             making Makefile.in
build    pkg-config                         pkg-config       pkgconf-pkg-config   finding the libraries
build    pod2man                            perl             perl-podlators       the manual pages
build    header:stdio.h                     libc6-dev        glibc-devel          the C library
build    lib:lua5.4,lua-5.4,lua             liblua5.4-dev    lua-devel            Lua, which scripts are written in
build    lib:libzstd                        libzstd-dev      libzstd-devel        allocator=zstd
build    lib:gnutls                         libgnutls28-dev  gnutls-devel         TLS
build    lib:libxxhash                      libxxhash-dev    xxhash-devel         the cache of scripts in C
option   lib:libselinux                     libselinux1-dev  libselinux-devel     --selinux-label
option   lib:libnbd                         libnbd-dev       libnbd-devel         stele repl: connect()
option   lib:libedit                        libedit-dev      libedit-devel        stele repl: line editing
option   file:/usr/lib*/*/lua/5.4/lpeg.so,/usr/lib*/lua/5.4/lpeg.so lua-lpeg lua-lpeg       the data plugin
test     lua5.4,lua                         lua5.4           lua                  tests of examples in Lua
test     qemu-system-x86_64                 qemu-system-x86  qemu-system-x86-core tests that boot a disk
test     nbdcopy                            libnbd-bin       libnbd               tests with nbdcopy, nbdinfo, nbdfuse
test     file                              file             file                 nbdinfo, which asks it what a disk holds
test     nbdsh                              python3-libnbd   python3-libnbd       tests with nbdsh
test     python3                            python3          python3              tests that speak the protocol byte by byte
test     qemu-img                           qemu-utils       qemu-img             tests with qemu-img and qemu-io
test     mke2fs                             e2fsprogs        e2fsprogs            tests with a real file system
test     mkfs.vfat                          dosfstools       dosfstools           tests with a FAT file system
test     fusermount3                        fuse3            fuse3                tests with nbdfuse
test     certtool                           gnutls-bin       gnutls-utils         tests of TLS
test     nbdkit                             nbdkit           nbdkit               tests with its compiled plugins
test     file:/usr/lib*/*/nbdkit/plugins/nbdkit-example4-plugin,/usr/lib*/nbdkit/plugins/nbdkit-example4-plugin nbdkit-plugin-dev nbdkit-example-plugins the example plugins of nbdkit
test     file:/usr/lib*/*/nbdkit/plugins/nbdkit-perl-plugin.so,/usr/lib*/nbdkit/plugins/nbdkit-perl-plugin.so nbdkit-plugin-perl nbdkit-perl-plugin the perl plugin of nbdkit
test     file:/usr/lib*/*/nbdkit/plugins/nbdkit-lua-plugin.so,/usr/lib*/nbdkit/plugins/nbdkit-lua-plugin.so nbdkit-plugin-lua nbdkit-lua-plugin the lua plugin of nbdkit
test     file:/usr/lib*/*/nbdkit/plugins/nbdkit-tcl-plugin.so,/usr/lib*/nbdkit/plugins/nbdkit-tcl-plugin.so nbdkit-plugin-tcl nbdkit-tcl-plugin the tcl plugin of nbdkit
test     file:/usr/lib*/*/nbdkit/plugins/nbdkit-python-plugin.so,/usr/lib*/nbdkit/plugins/nbdkit-python-plugin.so nbdkit-plugin-python nbdkit-python-plugin the python plugin of nbdkit
test     file:/usr/lib*/*/nbdkit/plugins/nbdkit-libvirt-plugin.so,/usr/lib*/nbdkit/plugins/nbdkit-libvirt-plugin.so nbdkit-plugin-libvirt nbdkit-libvirt-plugin the libvirt plugin of nbdkit
test     xorriso                            xorriso          xorriso              the iso plugin of nbdkit
test     ss                                 iproute2         iproute              tests of listening
test     ps                                 procps           procps-ng            tests of signals and daemons
test     tcc                                tcc              tcc                  tests of scripts in C with tcc
test     g++                                g++              gcc-c++              tests of scripts in C++
test     git                                git              git                  tests of the tree itself
test     clang                              clang            clang                fuzzers
test     file:/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a,/usr/lib*/clang/*/lib/*/libclang_rt.fuzzer*.a libclang-rt-dev compiler-rt fuzzers
test     mmdebstrap                         mmdebstrap       mmdebstrap           tests/fresh-machine
'

lib_found() {
    command -v pkg-config >/dev/null && pkg-config --exists "$1"
}

header_found() {
    test -e "/usr/include/$1" || ls /usr/include/*/"$1" >/dev/null 2>&1
}

file_found() {
    ls $1 >/dev/null 2>&1 # a pattern, unquoted on purpose
}

program_found() {
    command -v "$1" >/dev/null || test -x "/usr/sbin/$1" || test -x "/sbin/$1"
}

# The first word names a kind of thing, unless it is the program itself.
found() {
    case $1 in
        lib:*) kind=lib_found ;; header:*) kind=header_found ;;
        file:*) kind=file_found ;; *) kind=program_found ;;
    esac
    any=${1#*:}
    while [ -n "$any" ]; do
        $kind "${any%%,*}" && return 0
        case $any in *,*) any=${any#*,} ;; *) any= ;; esac
    done
    return 1
}

if command -v dnf >/dev/null; then
    system=fedora
    install="dnf install -y"
else
    system=debian
    install="apt-get install -y --no-install-recommends"
fi

# The packages of these kinds that are missing, in one line; `why` has a line for each.
missing() {
    why=
    list=
    while read -r need probe debian fedora what; do
        case " $* " in *" ${need:-none} "*) ;; *) continue ;; esac
        found "$probe" && continue
        case $system in debian) package=$debian ;; *) package=$fedora ;; esac
        list="$list $package"
        why="$why
    $package: $what"
    done <<TABLE
$packages
TABLE
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

case ${1-} in
    --install-deps)
        missing build option test
        if [ -n "$list" ]; then
            if [ $system = debian ]; then
                as_root env DEBIAN_FRONTEND=noninteractive apt-get update
            fi
            as_root env DEBIAN_FRONTEND=noninteractive $install $list
        fi ;;
    '') ;;
    *)
        echo "usage: ./autogen.sh [--install-deps]" >&2
        exit 2 ;;
esac

missing build
if [ -n "$list" ]; then
    sudo=sudo\ 
    [ "$(id -u)" != 0 ] || sudo=
    {
        echo "autogen.sh: the build needs what is not installed here:$why"
        echo "This command installs it (or run ./autogen.sh --install-deps):"
        echo
        echo "    $sudo$install$list"
    } >&2
    exit 1
fi

missing option test
if [ -n "$list" ]; then
    echo "autogen.sh: not installed, and left out or skipped without:$why"
    echo "(./autogen.sh --install-deps installs these too)"
fi

autoreconf -fi
# configure removes core dumps as it goes; here "core" is a folder, and rm would complain.
sed -i 's/rm -f core /rm -f /' configure
echo "autogen.sh: ready; now ./configure && make"
