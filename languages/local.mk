# SPDX-License-Identifier: BSD-3-Clause

libstele_a_SOURCES += \
	languages/languages.c \
	languages/languages.h
