# SPDX-License-Identifier: BSD-3-Clause
# Programs that only a benchmark needs: built by `make bench`, never by `make`.
# BENCHFLAGS="--rows read-64,write-64" chooses; see bench/README.md.

EXTRA_PROGRAMS = bench/load bench/limit
bench_load_SOURCES = \
	bench/clock.h \
	bench/content.c \
	bench/content.h \
	bench/histogram.h \
	bench/load.c \
	bench/options.c \
	bench/options.h \
	bench/process.c \
	bench/process.h \
	bench/remote.c \
	bench/remote.h \
	bench/stream.c \
	bench/stream.h
bench_limit_SOURCES = bench/limit.c
bench_load_LDADD =
bench_limit_LDADD =

bench/ballast.so: bench/ballast.c
	$(AM_V_GEN)$(CC) -shared -fPIC -o $@ $<

EXTRA_DIST += bench/README.md bench/ballast.c bench/disk.c bench/lua.lua bench/report.py bench/run
CLEANFILES += $(EXTRA_PROGRAMS) bench/ballast.so

.PHONY: bench
bench: all $(EXTRA_PROGRAMS) bench/ballast.so
	$(srcdir)/bench/run --builddir '$(abs_builddir)' $(BENCHFLAGS)
