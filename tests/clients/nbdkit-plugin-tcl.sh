#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# nbdkit's tcl plugin: a script in Tcl is a disk.
. "$SRCDIR/tests/functions"
need_nbdkit_plugin tcl
need nbdsh
. "$SRCDIR/tests/clients/disk-of-a-script"

cat >disk.tcl <<'SCRIPT'
set disks 0

proc dump_plugin {} {
    puts "note=dumped by the script"
    flush stdout
}

proc config {key value} {
    global size
    if {$key ne "size"} {error "no parameter $key"}
    set size $value
}

proc plugin_open {readonly} {
    global disks size bytes
    incr disks
    set bytes($disks) [binary format x$size]
    return $disks
}

proc get_size {h} {
    global size
    return $size
}

proc can_write {h} {return 1}
proc can_trim {h} {return 1}

proc pread {h count offset} {
    global size bytes
    if {$offset >= $size - 512} {error "this sector is bad"}
    return [string range $bytes($h) $offset [expr {$offset + $count - 1}]]
}

proc pwrite {h buf offset} {
    global bytes
    set after [expr {$offset + [string length $buf]}]
    set bytes($h) [string range $bytes($h) 0 $offset-1]$buf[string range $bytes($h) $after end]
}

proc zero {h count offset may_trim} {
    pwrite $h [binary format x$count] $offset
}

proc trim {h count offset} {
    zero $h $count $offset 1
}
SCRIPT
try_script disk.tcl EIO
