# SPDX-License-Identifier: BSD-3-Clause

libstele_a_SOURCES += \
	include/nbdkit-plugin.h \
	include/stele.h \
	languages/object/elf.c \
	languages/object/elf.h \
	languages/object/guard.c \
	languages/object/guard.h \
	languages/object/helpers.c \
	languages/object/helpers.h \
	languages/object/helpers_client.c \
	languages/object/helpers_intern.c \
	languages/object/helpers_lists.c \
	languages/object/helpers_parse.c \
	languages/object/helpers_path.c \
	languages/object/helpers_print.c \
	languages/object/helpers_sleep.c \
	languages/object/interned.c \
	languages/object/interned.h \
	languages/object/native.c \
	languages/object/native.h \
	languages/object/native_caller.c \
	languages/object/native_device.c \
	languages/object/native_offers.c \
	languages/object/native_parameters.c \
	languages/object/native_request.c \
	languages/object/nbdkit.c \
	languages/object/nbdkit.h \
	languages/object/nbdkit_fields.c \
	languages/object/now.c \
	languages/object/object.c \
	languages/object/object.h

# For whoever compiles a plugin: pkg-config --cflags stele.
pkginclude_HEADERS = include/nbdkit-plugin.h include/stele.h
pkgconfigdir = $(libdir)/pkgconfig
nodist_pkgconfig_DATA = stele.pc

EXTRA_DIST += languages/object/exported.list
PODS += $(wildcard $(srcdir)/languages/object/*.pod)
EXTRA_DIST += $(wildcard $(srcdir)/languages/object/*.pod)
