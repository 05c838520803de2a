# SPDX-License-Identifier: BSD-3-Clause

libstele_a_SOURCES += \
	languages/shell/arguments.c \
	languages/shell/code.c \
	languages/shell/folder.c \
	languages/shell/parameters.c \
	languages/shell/process.c \
	languages/shell/process.h \
	languages/shell/program.c \
	languages/shell/recipe.c \
	languages/shell/results.c \
	languages/shell/run.c \
	languages/shell/shell.c \
	languages/shell/shell.h \
	languages/shell/started.c \
	languages/shell/warm.c \
	languages/shell/warm.h \
	languages/shell/warm_shell.c

PODS += $(wildcard $(srcdir)/languages/shell/*.pod)
EXTRA_DIST += $(wildcard $(srcdir)/languages/shell/*.pod)
