/* SPDX-License-Identifier: BSD-3-Clause */
/* elf.h: is this file one that could be loaded at all? */
#ifndef STELE_OBJECT_ELF_H
#define STELE_OBJECT_ELF_H

#include "../../core/error.h"

/* 0, or -errno with a sentence that names PATH: it is no shared object, or one for another
 * machine. */
int elf_check (const char *file, const char *path, struct error *);

#endif
