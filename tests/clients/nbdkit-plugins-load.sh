#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every compiled plugin that Debian's packages of nbdkit hold is loaded as it is: each says
# its name, its thread model and its magic parameter, as it does to nbdkit.
. "$SRCDIR/tests/functions"
need_nbdkit_plugin null

# package             plugins in it
packages='
nbdkit                cc cdi curl data eval file floppy full info iso linuxdisk memory nbd
nbdkit                null ondemand partitioning pattern random sh sparse-random split ssh
nbdkit                tmpdisk torrent zero
nbdkit-plugin-dev     example1 example2 example3
nbdkit-plugin-guestfs guestfs
nbdkit-plugin-libvirt libvirt
nbdkit-plugin-lua     lua
nbdkit-plugin-perl    perl
nbdkit-plugin-python  python
nbdkit-plugin-ruby    ruby
nbdkit-plugin-tcl     tcl
'

# facts PROGRAM PLUGIN: what must not differ
facts() {
    "$1" "$2" --dump-plugin 2>said |
        grep -E '^(name|version|api_version|thread_model|max_thread_model|magic_config_key)='
}

# load PLUGIN
count=0
load() {
    plugin=$nbdkit_plugins/nbdkit-$1-plugin.so
    "$STELE" "$plugin" --dump-plugin >dump 2>said || fail "$1: $? $(cat said)"
    grep -qx "name=$1" dump || fail "$1: its name is not in: $(cat dump)"
    "$STELE" "$plugin" --help >help || fail "$1: --help: $?"
    grep -q . help || fail "$1: --help says nothing"
    if command -v nbdkit >/dev/null; then
        same "$(facts "$STELE" "$plugin")" "$(facts nbdkit "$plugin")"
    fi
    count=$((count + 1))
}

known=
while read -r package names; do
    for name in $names; do
        known="$known $name"
        if [ -e "$nbdkit_plugins/nbdkit-$name-plugin.so" ]; then
            load "$name"
        else
            echo "$name: $package is not installed"
        fi
    done
done <<TABLE
$packages
TABLE

# Others may be there, too.
for plugin in "$nbdkit_plugins"/nbdkit-*-plugin.so; do
    name=${plugin##*/nbdkit-}
    name=${name%-plugin.so}
    case " $known " in *" $name "*) ;; *) load "$name" ;; esac
done
echo "$count plugins were loaded"

# Two are scripts for others of them, and found by their names.
script() {
    [ -x "$nbdkit_plugins/nbdkit-$1-plugin" ] || return 0
    [ -e "$nbdkit_plugins/nbdkit-$2-plugin.so" ] || return 0
    "$STELE" "$1" --dump-plugin >dump 2>said || fail "$1: $? $(cat said)"
    grep -qx "name=$2" dump || fail "$1: it is no script in $2: $(cat dump)"
}
script example4 perl
script S3 python

# A filter is no plugin, and neither is any other library.
for file in "${nbdkit_plugins%/*}"/filters/nbdkit-offset-filter.so /lib/*/libm.so.6; do
    [ -e "$file" ] || continue
    cp "$file" library.so
    refused "$STELE" ./library.so --dump-plugin
    holds "$said" library.so
done
