# SPDX-License-Identifier: BSD-3-Clause
# The prompt: a program of its own, so that libnbd and libedit are loaded there alone.

pkglibexec_PROGRAMS = stele-repl
stele_repl_SOURCES = \
	repl/check.c \
	repl/check.h \
	repl/client.c \
	repl/client.h \
	repl/client_aio.c \
	repl/client_lists.c \
	repl/complete.c \
	repl/connect.c \
	repl/diff.c \
	repl/diff.h \
	repl/evaluate.c \
	repl/functions.h \
	repl/main.c \
	repl/repl.c \
	repl/repl.h \
	repl/replay.c \
	repl/replay.h \
	repl/serve.c \
	repl/served.c \
	repl/served.h \
	repl/shell.c \
	repl/shell.h \
	repl/socket.c \
	repl/terminal.c \
	repl/terminal.h \
	repl/transcript.c \
	repl/transcript.h
stele_repl_CFLAGS = $(AM_CFLAGS) $(LIBNBD_CFLAGS) $(LIBEDIT_CFLAGS)
stele_repl_LDADD = libstele.a $(LINKED) $(LIBNBD_LIBS) $(LIBEDIT_LIBS)
stele_repl_LDFLAGS = $(AM_LDFLAGS) $(EXPORTED)
EXTRA_stele_repl_DEPENDENCIES = $(EXTRA_stele_DEPENDENCIES)

repldir = $(pkgdatadir)/repl
dist_repl_DATA = $(wildcard $(srcdir)/repl/*.lua)
