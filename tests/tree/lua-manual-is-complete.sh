#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The manual of the Lua side names every callback with its arguments, every constructor with
# its parameters, and every function of the module; and nothing of these that there is not.
. "$SRCDIR/tests/functions"

page=$SRCDIR/languages/lua/stele-lua-plugin.3.pod

# The rows of callbacks.def as the manual writes them: NAME(ARGUMENT, ARGUMENT)
sed -nE 's/^(LIFE|FACT|WORK) \( ([a-z_]+), *"([a-z]*)".*/\2 \3/p' "$SRCDIR/core/callbacks.def" |
    awk 'BEGIN { split("h h n next r readonly t tls k key v value c count o offset d data " \
                       "m may_trim f flags x context", w)
                 for (i = 1; i in w; i += 2) word[w[i]] = w[i + 1] }
         { list = ""
           for (i = 1; i <= length($2); i++) list = list (i > 1 ? ", " : "") word[substr($2, i, 1)]
           print $1 "(" list ")" }' >rows
[ "$(wc -l <rows)" -gt 20 ] || fail "found no rows in callbacks.def"
sed -n '/^=head1 CALLBACKS/,/^=head1 PARAMETERS/s/^=item B<\([a-z_]*\)>(/\1(/p' "$page" >written
diff rows written || fail "the tables of callbacks differ (< callbacks.def, > manual)"

sed -n 's/^PRIMITIVE ( \([a-z_]*\), .*/stele.\1/p; s/^ *P ( \([a-z_]*\), .*/\1/p' \
    "$SRCDIR/core/primitives/primitives.def" >rows
sed -n '/^=head1 CONSTRUCTORS/,/^=head1 FUNCTIONS/s/^=item \(B<\)\{0,1\}\([a-z_.]*\).*/\2/p' \
    "$page" >written
diff rows written || fail "the lists of constructors differ (< primitives.def, > manual)"

functions=$(cd "$SRCDIR/languages/lua" && cat module.c text.c files.c peer.c |
    grep -oE '\{"[a-z_]+", *[a-z]' | cut -d'"' -f2)
[ "$(echo "$functions" | wc -l)" -gt 20 ] || fail "found no functions of the module"
for name in $functions; do
    grep -q "B<stele.$name>(" "$page" || fail "stele.$name is not in the manual"
done
