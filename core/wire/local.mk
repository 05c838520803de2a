# SPDX-License-Identifier: BSD-3-Clause

libstele_a_SOURCES += \
	core/wire/command.c \
	core/wire/command.h \
	core/wire/connection.c \
	core/wire/connection.h \
	core/wire/door.c \
	core/wire/door.h \
	core/wire/export.c \
	core/wire/export.h \
	core/wire/handshake.c \
	core/wire/handshake.h \
	core/wire/info.c \
	core/wire/info.h \
	core/wire/input.c \
	core/wire/input.h \
	core/wire/listen.c \
	core/wire/listen.h \
	core/wire/look.c \
	core/wire/look.h \
	core/wire/meta_context.c \
	core/wire/meta_context.h \
	core/wire/nbd.h \
	core/wire/negotiate.c \
	core/wire/negotiate.h \
	core/wire/output.c \
	core/wire/output.h \
	core/wire/reply.c \
	core/wire/reply.h \
	core/wire/request_header.c \
	core/wire/request_header.h \
	core/wire/shelf.c \
	core/wire/shelf.h \
	core/wire/slab.c \
	core/wire/slab.h \
	core/wire/steps.c \
	core/wire/steps.h \
	core/wire/transmission.c \
	core/wire/transmission.h \
	core/wire/transport.c \
	core/wire/transport.h \
	core/wire/turn.h \
	core/wire/watched.c \
	core/wire/watched.h \
	core/wire/wire.c \
	core/wire/wire.h
