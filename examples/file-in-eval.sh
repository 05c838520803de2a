#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A whole server of a local file in five fragments of shell.
#
#     ./file-in-eval.sh disk.img --run 'nbdinfo "$uri"'

file=${1:?which file?}
shift
exec stele eval \
    config='ln -sf "$(realpath "$3")" $tmpdir/file' \
    get_size='stat -Lc %s $tmpdir/file' \
    pread='dd if=$tmpdir/file skip=$4 count=$3 iflag=count_bytes,skip_bytes' \
    pwrite='dd of=$tmpdir/file seek=$4 conv=notrunc oflag=seek_bytes' \
    can_multi_conn='exit 0' \
    file="$file" "$@"
