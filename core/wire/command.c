/* SPDX-License-Identifier: BSD-3-Clause */
/* command.c: the memory of commands.  They are reused in chains: an idle connection keeps
 * none, and a busy one allocates none. */
#include "command.h"

#include <stdlib.h>

void commands_init (struct commands *list) {
    list->first = NULL;
    list->last = &list->first;
    list->n = 0;
}

void commands_push (struct commands *list, struct command *k) {
    k->next = NULL;
    *list->last = k;
    list->last = &k->next;
    list->n++;
}

struct command *commands_pop (struct commands *list) {
    struct command *k = list->first;

    if (!k)
        return NULL;
    if (!(list->first = k->next))
        list->last = &list->first;
    list->n--;
    return k;
}

void command_discard (void *chain) {
    struct command *next;

    for (struct command *k = chain; k; k = next) {
        next = k->next;
        free (k);
    }
}

struct command *command_new (struct command **chain, struct shelf *shelf,
                             struct connection *c) {
    struct command *k = *chain;

    if (!k)
        k = *chain = shelf_take (shelf);
    if (k)
        *chain = k->next;
    else if (!(k = malloc (sizeof *k)))
        return NULL;
    k->connection = c;
    k->is_checked = false;
    k->charge = 0;
    k->slab = NULL;
    k->chunks = NULL;
    k->status = NULL;
    k->holes = (struct holes){.v = k->hole_room, .room = COMMAND_HOLES};
    k->loans = (struct loans){.v = k->loan_room, .room = COMMAND_LOANS};
    k->error.number = 0;
    k->request = (struct request){.error = &k->error};
    return k;
}

static void status_free (struct status *s) {
    if (!s)
        return;
    for (unsigned i = 0; i < s->n; i++)
        extents_clear (&s->extents[i]);
    free (s->selected);
    free (s);
}

void command_release (struct command *k, struct command **chain) {
    loans_give_back (&k->loans);
    slab_unref (k->slab);
    free (k->chunks);
    status_free (k->status);
    k->next = *chain;
    *chain = k;
}

void command_put_away (struct command **chain, struct shelf *shelf) {
    if (*chain && !shelf_put (shelf, *chain))
        command_discard (*chain);
    *chain = NULL;
}

bool command_status (struct command *k, unsigned n) {
    struct status *s = calloc (1, sizeof *s + n * sizeof s->extents[0]);

    if (!s || !(s->selected = calloc (n, sizeof *s->selected))) {
        free (s);
        return false;
    }
    s->n = n;
    k->status = s;
    return true;
}
