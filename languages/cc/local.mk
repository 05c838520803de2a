# SPDX-License-Identifier: BSD-3-Clause

libstele_a_SOURCES += \
	languages/cc/cache.c \
	languages/cc/cache.h \
	languages/cc/cache_bound.c \
	languages/cc/cache_bound.h \
	languages/cc/cc.c \
	languages/cc/compile.c \
	languages/cc/compile.h \
	languages/cc/compiler.c \
	languages/cc/compiler.h \
	languages/cc/content.c \
	languages/cc/content.h \
	languages/cc/dependencies.c \
	languages/cc/dependencies.h \
	languages/cc/digest.c \
	languages/cc/digest.h \
	languages/cc/entry.c \
	languages/cc/entry.h \
	languages/cc/image.c \
	languages/cc/image.h \
	languages/cc/place.c \
	languages/cc/place.h

PODS += $(wildcard $(srcdir)/languages/cc/*.pod)
EXTRA_DIST += $(wildcard $(srcdir)/languages/cc/*.pod)

# languages/cc/example.c is for EXTRA_DIST, as all examples; nobody compiles it but stele.
