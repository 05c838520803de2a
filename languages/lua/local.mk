# SPDX-License-Identifier: BSD-3-Clause

libstele_a_SOURCES += \
	languages/lua/buffer.c \
	languages/lua/call.c \
	languages/lua/construct.c \
	languages/lua/device.c \
	languages/lua/error.c \
	languages/lua/fiber.c \
	languages/lua/files.c \
	languages/lua/lua.c \
	languages/lua/module.c \
	languages/lua/params.c \
	languages/lua/peer.c \
	languages/lua/prompt.c \
	languages/lua/prompt.h \
	languages/lua/results.c \
	languages/lua/script.h \
	languages/lua/text.c

PODS += $(wildcard $(srcdir)/languages/lua/*.pod)
EXTRA_DIST += $(wildcard $(srcdir)/languages/lua/*.pod)
