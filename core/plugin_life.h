/* SPDX-License-Identifier: BSD-3-Clause */
/* plugin_life.h: how a plugin's LIFE rows are called.  For plugin.c and plugin_client.c. */
#ifndef STELE_PLUGIN_LIFE_H
#define STELE_PLUGIN_LIFE_H

#include "plugin.h"

/* Call one LIFE row, if the script defines it.  0, -errno, or 1: it does not. */
int plugin_call_life (struct plugin *, int row, struct call *);

#endif
