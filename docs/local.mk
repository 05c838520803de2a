# SPDX-License-Identifier: BSD-3-Clause

PODS += $(filter-out $(srcdir)/docs/stele.pod,$(wildcard $(srcdir)/docs/*.pod))
EXTRA_DIST += $(wildcard $(srcdir)/docs/*.*)

# The main page: the program prints its options itself, and the other pages are listed.
extra_programs += man/stele.1
CLEANFILES += man/stele.1
man/stele.1: $(srcdir)/docs/stele.pod stele
	$(AM_V_GEN)$(MKDIR_P) man && \
	  ./stele --help | sed -n 's/^  *-/ &/p; s/^          /&/p' >man/options.tmp && \
	  for page in $(sort $(notdir $(pages))); do \
	    echo "L<$${page%.*}($${page##*.})>,"; \
	  done >man/pages.tmp && \
	  sed -e '/^@OPTIONS@/{r man/options.tmp' -e 'd;}' \
	      -e '/^@PAGES@/{r man/pages.tmp' -e 'd;}' $< >man/stele.pod && \
	  $(POD2MAN) --utf8 --errors=die --center=Stele --release='stele $(VERSION)' \
	    --name=stele --section=1 man/stele.pod $@ && \
	  rm man/options.tmp man/pages.tmp man/stele.pod
