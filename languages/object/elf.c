/* SPDX-License-Identifier: BSD-3-Clause */
/* elf.c: is this file one that could be loaded at all?
 *
 * The loader would say "wrong ELF class"; what people want to know is what the file is and
 * what this program is, so the start of both headers is compared here.  Whatever else may be
 * wrong with the file is the loader's to find. */
#include "elf.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The same bytes in 32 and 64 bits. */
struct start {
    unsigned char ident[EI_NIDENT];
    uint16_t type, machine; /* in the file's order of bytes */
};

static const struct {
    uint16_t machine;
    const char *name;
} machines[] = {
    {EM_X86_64, "x86-64"},       {EM_386, "x86"},
    {EM_AARCH64, "ARM64"},       {EM_ARM, "ARM"},
    {EM_RISCV, "RISC-V"},        {EM_PPC64, "POWER"},
    {EM_PPC, "PowerPC"},         {EM_S390, "IBM Z"},
    {EM_MIPS, "MIPS"},           {EM_SPARCV9, "SPARC"},
    {EM_LOONGARCH, "LoongArch"},
};

static uint16_t number (const struct start *s, uint16_t n) {
    return s->ident[EI_DATA] == ELFDATA2MSB ? be16toh (n) : le16toh (n);
}

/* "64-bit ARM64, big-endian"; BUFFER is returned. */
static const char *describe (char *buffer, size_t size, const struct start *s) {
    const char *bits = s->ident[EI_CLASS] == ELFCLASS64 ? "64" : "32";
    const char *order = s->ident[EI_DATA] == ELFDATA2MSB ? ", big-endian" : "";
    uint16_t machine = number (s, s->machine);

    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        if (machines[i].machine == machine) {
            snprintf (buffer, size, "%s-bit %s%s", bits, machines[i].name, order);
            return buffer;
        }
    snprintf (buffer, size, "a %s-bit machine with ELF number %u%s", bits, machine, order);
    return buffer;
}

/* 0, -errno, or 1: it is no ELF file. */
static int read_start (const char *path, struct start *start) {
    int fd = open (path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read (fd, start, sizeof *start);
    int failed = n < 0 ? -errno : 0;

    if (fd >= 0)
        close (fd);
    if (failed)
        return failed;
    return n < (ssize_t) sizeof *start || memcmp (start->ident, ELFMAG, SELFMAG) != 0;
}

int elf_check (const char *name, const char *path, struct error *error) {
    char theirs[64], mine[64];
    struct start file, self;
    int r = read_start (name, &file);

    if (r < 0)
        return error_set (error, -r, "%s: %s", path, strerror (-r));
    if (r > 0)
        return error_set (error, ENOEXEC, "%s: it is not a shared object: not an ELF file",
                          path);
    if (number (&file, file.type) != ET_DYN)
        return error_set (
            error, ENOEXEC,
            "%s: it is an ELF file, but not a shared object: link it with -shared", path);
    if (read_start ("/proc/self/exe", &self) != 0)
        return 0; /* the loader will tell */
    if (file.ident[EI_CLASS] != self.ident[EI_CLASS] ||
        file.ident[EI_DATA] != self.ident[EI_DATA] || file.machine != self.machine)
        return error_set (
            error, ENOEXEC, "%s: it was compiled for %s, and this program is for %s", path,
            describe (theirs, sizeof theirs, &file), describe (mine, sizeof mine, &self));
    return 0;
}
