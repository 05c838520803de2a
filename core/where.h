/* SPDX-License-Identifier: BSD-3-Clause */
/* where.h: where the program and its scripts are. */
#ifndef STELE_WHERE_H
#define STELE_WHERE_H

/* The path of the program that runs.  Malloc'ed; NULL when out of memory. */
char *where_program (void);

/* The folder that holds plugins/ and filters/: of the installation, or in a build tree the
 * source folder.  Malloc'ed; NULL when out of memory. */
char *where_scripts (void);

/* The path of a program that comes with this one: beside it in a build tree.  Malloc'ed;
 * NULL when out of memory. */
char *where_helper (const char *name);

/* The folder of the headers that scripts in C include.  Malloc'ed; NULL when out of memory. */
char *where_includes (void);

#endif
