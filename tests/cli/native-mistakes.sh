#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What the author of a plugin in C does wrong is told, with its place, and crashes nothing.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/object/native.functions"
need nbdsh

# wrong N SENTENCE [PARAMETER...]: it does not start
wrong() {
    compile mistakes -DMISTAKE="$1"
    sentence=$2
    shift 2
    refused "$STELE" -U - ./mistakes.so "$@" --run :
    holds "$said" "$sentence"
}

wrong 1 "mistakes: the parameter 'length': unknown type 'sise': did you mean 'size'?"
wrong 2 "mistakes: the parameter 'way': a choice wants the list of its choices"
wrong 3 "mistakes: the parameter 'a_b' is declared twice"
wrong 4 "mistakes: the parameter 'below': unknown type 'device'"
wrong 0 "mistakes: the parameter 'length' is required: of it"
wrong 0 "mistakes: unknown parameter 'lenght': did you mean 'length'?" lenght=1M
wrong 0 "mistakes: length: 'long' is not a size" length=long
wrong 0 "mistakes: way: 'dwon' is none of up|down: did you mean 'down'?" length=1M way=dwon
wrong 11 "there is no device 'rom': did you mean 'ram'?" length=1M
wrong 12 "ram: unknown parameter 'sise': did you mean 'size'?" length=1M
wrong 13 "ram: the parameter 'size' is required" length=1M
wrong 14 "slice: the parameter 'device' wants a device, not a number" length=1M
wrong 15 "ram: size: 'huge' is not a size" length=1M
wrong 16 "get_ready returned 77; 0 or -errno is wanted" length=1M
wrong 17 "mistakes: get_ready failed" length=1M
wrong 18 "something else" length=1M
wrong 19 "extents: 18446744073709551615 bytes from 512 end past 2^64" length=1M

wrong 40 "stele_plugin does not begin with STELE_PLUGIN"
wrong 41 "it speaks version 2 of stele.h, and this server version 1"
wrong 42 "which its struct_size, 64, does not fit"
wrong 43 "which its struct_size, 100000, does not fit"
wrong 44 "its model, 9, is none of enum stele_model"
wrong 45 "it is a filter: --filter="
wrong 46 "parameter_size, 8, is too small"

# A plugin is no filter.
compile mistakes -DMISTAKE=0
refused "$STELE" -U - --filter=./mistakes.so memory 1M --run :
holds "$said" "it is a plugin, not a filter"

# What is right is kept.
"$STELE" -U - ./mistakes.so length=1M words=a words="b c" --run :
same "$(cat calls)" "word a
word b c
way up 0"
holds "$("$STELE" --help ./mistakes.so)" "way=up|down"

# Values that there are not are no values, and the log says so.
compile mistakes -DMISTAKE=10
"$STELE" -U - ./mistakes.so length=1M --run : 2>log
holds "$(cat log)" "the parameter 'sise' is asked for, and not declared"
holds "$(cat log)" "the parameter 'length' is asked for as something else than a size"

# A sentence that belongs to no call is one for the log.
compile mistakes -DMISTAKE=23
"$STELE" -U - ./mistakes.so length=1M --run : 2>log
same "$(cat log)" "stele: mistakes: error: said before there is anybody to say it to"

# A disk that cannot tell what it is, or answers what is no answer, fails for its client only.
fails() {
    compile mistakes -DMISTAKE="$1"
    "$STELE" -v -U - ./mistakes.so length=1M --run '
        nbdsh -u "$uri" -c "
try:
    h.pread(512, 0)
    exit(9)
except nbd.Error as e:
    assert e.errno == \"EIO\"
"' >output 2>&1 || [ $? = 1 ] || fail "mistake $1: $(cat output)"
    holds "$(cat output)" "$2"
}
fails 20 "its size and abilities cannot be told"
fails 21 "its size and abilities cannot be told"
fails 22 "can_fua returned 3; STELE_NONE, STELE_EMULATE or STELE_NATIVE is wanted"
fails 30 "pread returned 512; 0, -errno, STELE_LATER or STELE_PASS is wanted"
fails 31 "pread returned -100000; 0, -errno"
fails 32 "pass, but there is nothing below"
fails 33 "pass, but there is nothing below"

# What cannot be meant changes nothing.
compile mistakes -DMISTAKE=34
"$STELE" -U - ./mistakes.so length=1M --run 'nbdsh -u "$uri" -c "
assert h.pread(512, 0) == b\"x\" * 512"'
compile mistakes -DMISTAKE=35
"$STELE" -U - ./mistakes.so length=1M --run 'nbdsh -u "$uri" -c "
assert h.pread(512, 0) == b\"x\" * 100 + bytes(200) + b\"x\" * 212"'

# Compiled for a stele to come: it loads as long as it does not use what there is not.
compile newer
"$STELE" -U - ./newer.so --run 'nbdsh -u "$uri" -c "assert h.pread(1, 0) == b\"x\""'
compile newer -DUSES_IT
refused "$STELE" -U - ./newer.so --run :
holds "$said" "it uses something of stele.h that is newer than this server"

# An object that speaks nothing.
echo 'int nothing (void); int nothing (void) { return 0; }' >nothing.c
compile nothing.c
refused "$STELE" -U - ./nothing.so --run :
holds "$said" "stele_plugin"
