#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# nbdkit's perl plugin: a script in Perl is a disk.
. "$SRCDIR/tests/functions"
need_nbdkit_plugin perl
need nbdsh
. "$SRCDIR/tests/clients/disk-of-a-script"

cat >disk.pl <<'SCRIPT'
use strict;
use POSIX ();
my $size;

sub dump_plugin { print "note=dumped by the script\n" }

sub config {
    my ($key, $value) = @_;
    die "no parameter $key" if $key ne "size";
    $size = $value;
}

sub open { return { bytes => "\0" x $size } }
sub get_size { return $size }
sub can_write { return 1 }
sub can_trim { return 1 }

sub pread {
    my ($handle, $count, $offset, $flags) = @_;
    if ($offset >= $size - 512) {
        Nbdkit::set_error(POSIX::EPERM);
        die "this sector is bad";
    }
    return substr($handle->{bytes}, $offset, $count);
}

sub pwrite {
    my ($handle, $bytes, $offset, $flags) = @_;
    substr($handle->{bytes}, $offset, length $bytes) = $bytes;
}

sub zero {
    my ($handle, $count, $offset, $flags) = @_;
    substr($handle->{bytes}, $offset, $count) = "\0" x $count;
}

sub trim { zero(@_) }
SCRIPT
try_script disk.pl EPERM
