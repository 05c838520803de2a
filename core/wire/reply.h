/* SPDX-License-Identifier: BSD-3-Clause */
/* reply.h: a finished command put into the bytes of its reply: simple, structured or
 * extended, as was negotiated.  The data is sent from where it lies. */
#ifndef STELE_REPLY_H
#define STELE_REPLY_H

struct command;
struct connection;

/* Fill in the command's packet from its result, and put it into the output. */
void reply_push (struct connection *, struct command *);

#endif
