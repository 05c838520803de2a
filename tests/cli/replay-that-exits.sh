#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A transcript that is ended by what it calls is not right, though the status be 0.  Compiled
# plugins may call exit while they are configured.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/object/native.functions"

cat >exits.c <<'END'
#include <stdlib.h>
#include <stele.h>

static int config_complete (void) {
    exit (0);
}

const struct stele_plugin stele_plugin = {STELE_PLUGIN, .config_complete = config_complete};
END
compile exits.c
cat >exits.repl <<END
> 1
1
> serve { "$PWD/exits.so" }
> 2
3
END
refused "$STELE" repl --check exits.repl
holds "$said" "FAIL  exits.repl"
holds "$said" "exited with status 0 at line 3"
