# SPDX-License-Identifier: BSD-3-Clause

libstele_a_SOURCES += \
	core/activation.c \
	core/activation.h \
	core/callbacks.c \
	core/callbacks.def \
	core/captive.c \
	core/device.c \
	core/device.h \
	core/device_run.c \
	core/dump.c \
	core/dump.h \
	core/error.c \
	core/error.h \
	core/errors.def \
	core/exports.c \
	core/exports.h \
	core/extents.c \
	core/extents.h \
	core/floor.c \
	core/floor.h \
	core/host.h \
	core/installed.c \
	core/installed.h \
	core/hostile.h \
	core/language.h \
	core/launch.c \
	core/launch.h \
	core/leftovers.c \
	core/leftovers.h \
	core/log.c \
	core/log.h \
	core/options.c \
	core/options.h \
	core/params.c \
	core/params.h \
	core/parse.c \
	core/password.c \
	core/plugin.c \
	core/plugin.h \
	core/plugin_client.c \
	core/plugin_find.c \
	core/plugin_find.h \
	core/plugin_life.h \
	core/plugin_print.c \
	core/peer.c \
	core/peer.h \
	core/pool.c \
	core/pool.h \
	core/privileges.c \
	core/privileges.h \
	core/request.c \
	core/request.h \
	core/script_device.c \
	core/script_device.h \
	core/sequence.c \
	core/sequence.h \
	core/server.c \
	core/server.h \
	core/session.h \
	core/signals.c \
	core/signals.h \
	core/strand.c \
	core/strand.h \
	core/task.h \
	core/timers.c \
	core/timers.h \
	core/uri.c \
	core/uri.h \
	core/where.c \
	core/where.h \
	core/words.c \
	core/words.h

if HOSTILE
libstele_a_SOURCES += core/hostile.c
else
EXTRA_DIST += core/hostile.c
endif
