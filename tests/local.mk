# SPDX-License-Identifier: BSD-3-Clause
# Tests are found by glob, here and in tests/run: a new one is a new file and nothing else.

unit = $(patsubst $(srcdir)/%.c,%,$(wildcard $(srcdir)/tests/unit/*.c))
fuzz = $(patsubst $(srcdir)/%.c,%,$(wildcard $(srcdir)/tests/fuzz/*.c))

EXTRA_DIST += tests/run \
	$(filter-out %.d %.o,$(wildcard $(srcdir)/tests/functions $(srcdir)/tests/*.repl $(srcdir)/tests/*.lua $(srcdir)/tests/*/*.* \
	  $(srcdir)/tests/fuzz/corpus/*/*)) \
	$(wildcard $(srcdir)/tests/fresh-machine $(srcdir)/tests/readme-commands)
CLEANFILES += $(unit) $(unit:=.d) $(fuzz) $(fuzz:=.d)

one_program = $(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CC) $(DEFS) $(AM_CPPFLAGS) $(CPPFLAGS) \
	-I$(top_srcdir)/core $(AM_CFLAGS) $(CFLAGS) -MMD -MP -MF $@.d -o $@ $< \
	libstele.a $(AM_LDFLAGS) $(LDFLAGS)

$(unit): tests/unit/%: $(srcdir)/tests/unit/%.c libstele.a
	$(one_program) $(LINKED) $(LIBS)
$(fuzz): tests/fuzz/%: $(srcdir)/tests/fuzz/%.c libstele.a
	$(one_program) $(FUZZ) $(LINKED) $(LIBS)
-include $(unit:=.d) $(fuzz:=.d)

if FUZZERS
extra_programs += $(fuzz)
endif

# The tests of `make check`; TESTS="cli/run clients/nbdcopy" chooses some.
check-local: all $(unit)
	STELE='$(abs_builddir)/stele' SRCDIR='$(abs_srcdir)' BUILDDIR='$(abs_builddir)' \
	  CC='$(CC)' SANITIZE='$(SANITIZE)' LUA_CFLAGS='$(LUA_CFLAGS)' $(srcdir)/tests/run $(TESTS)

.PHONY: check-headers
check-headers:
	$(MAKE) check TESTS=tree/headers-compile-alone

# The same tests where everything is against them: a build of its own, in build-hostile/.
# HOSTILE=bytes,later,seed:7 chooses the bad luck, see core/hostile.c.  Where this tree was
# configured in the source folder, the build has a copy of the sources.
HOSTILE = bytes,stall,later
HOSTILE_CONFIGURE =
.PHONY: check-hostile
check-hostile:
	$(MKDIR_P) build-hostile
	if test -f '$(abs_srcdir)/config.status'; then \
	  $(MAKE) distdir distdir=build-hostile/source >/dev/null && ln -sfn source build-hostile/from; \
	else \
	  ln -sfn '$(abs_srcdir)' build-hostile/from; \
	fi
	cd build-hostile && { test -f config.status || \
	  from/configure --quiet --enable-hostile CC='$(CC)' CFLAGS='$(CFLAGS)' \
	    $(HOSTILE_CONFIGURE); } && \
	  $(MAKE) all && STELE_HOSTILE='$(HOSTILE)' TEST_SECONDS=$${TEST_SECONDS:-180} $(MAKE) check
