/* SPDX-License-Identifier: BSD-3-Clause */
/* script_device.h: the devices that a script's `open` makes.  For plugin.c. */
#ifndef STELE_SCRIPT_DEVICE_H
#define STELE_SCRIPT_DEVICE_H

#include "plugin.h"

/* Fill in plugin->type from the rows that the script defines. */
void script_device_type (struct plugin *);

/* Call `open` with NEXT (a reference, taken over; NULL of a plugin) and make the device. */
struct device *script_device_open (struct plugin *, const struct session *, struct device *next,
                                   struct error *);

#endif
