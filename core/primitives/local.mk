# SPDX-License-Identifier: BSD-3-Clause

libstele_a_SOURCES += \
	core/primitives/bytes.h \
	core/primitives/concat.c \
	core/primitives/cow.c \
	core/primitives/cow.h \
	core/primitives/cow_blocks.c \
	core/primitives/cow_blocks.h \
	core/primitives/cow_change.c \
	core/primitives/file.c \
	core/primitives/file.h \
	core/primitives/file_zero.c \
	core/primitives/fill.c \
	core/primitives/hot.c \
	core/primitives/hot.h \
	core/primitives/lender.c \
	core/primitives/lender.h \
	core/primitives/null.c \
	core/primitives/packed.c \
	core/primitives/packed.h \
	core/primitives/packer.c \
	core/primitives/packer.h \
	core/primitives/page.c \
	core/primitives/page.h \
	core/primitives/parts.c \
	core/primitives/parts.h \
	core/primitives/pattern.c \
	core/primitives/primitives.def \
	core/primitives/primitives.h \
	core/primitives/radix.c \
	core/primitives/radix.h \
	core/primitives/ram.c \
	core/primitives/ram_malloc.c \
	core/primitives/ram_sparse.c \
	core/primitives/ram_store.h \
	core/primitives/ram_zstd.c \
	core/primitives/registry.c \
	core/primitives/rope.c \
	core/primitives/rope.h \
	core/primitives/rope_plan.c \
	core/primitives/rope_row.c \
	core/primitives/rope_walk.c \
	core/primitives/slice.c \
	core/primitives/spool.c \
	core/primitives/turn.c \
	core/primitives/turn.h
