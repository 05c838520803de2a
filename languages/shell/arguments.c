/* SPDX-License-Identifier: BSD-3-Clause */
/* arguments.c: what a method is called with.
 *
 * By the letters of its row, like any language's.  Data goes to standard input instead,
 * and `open` is told also which export and whether it is encrypted.  Whatever a client put
 * into a word stays a word. */
#include "shell.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *boolean (bool b) {
    return b ? "true" : "false";
}

static char *flags_text (char *buffer, uint32_t flags) {
    static const struct {
        uint32_t flag;
        const char *word;
    } words[] = {
        {REQUEST_FUA, "fua"},
        {REQUEST_MAY_TRIM, "may_trim"},
        {REQUEST_FAST_ZERO, "fast"},
        {REQUEST_REQ_ONE, "req_one"},
    };

    *buffer = '\0';
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (flags & words[i].flag) {
            if (*buffer)
                strcat (buffer, ",");
            strcat (buffer, words[i].word);
        }
    return buffer;
}

static char *number_text (struct arguments_text *t, int i, uint64_t number) {
    snprintf (t->numbers[i], sizeof t->numbers[i], "%" PRIu64, number);
    return t->numbers[i];
}

/* Words are read only: argv is merely not declared so. */
static char *borrowed (const char *text) {
    return (char *) (text ? text : "");
}

void arguments_of (struct arguments_text *t, const struct call *c) {
    const struct request *r = c->request;
    char **word = t->words;

    *word++ = borrowed (c->row->name);
    for (const char *letter = c->row->takes; *letter; letter++)
        switch (*letter) {
        case 'h': *word++ = borrowed (c->handle); break;
        case 'k': *word++ = borrowed (c->key); break;
        case 'v': *word++ = borrowed (c->value); break;
        case 'r': *word++ = boolean (c->readonly); break;
        case 't': *word++ = boolean (c->tls); break;
        case 'd': /* it is on standard input; its size is an argument */
        case 'c': *word++ = number_text (t, 0, r->count); break;
        case 'o': *word++ = number_text (t, 1, r->offset); break;
        }
    if (c->row->gives == 'D') {
        *word++ = borrowed (c->session ? c->session->export_name : NULL);
        *word++ = boolean (c->tls);
    }
    if (methods[c->row - callbacks].flags)
        *word++ = flags_text (t->flags, r->flags);
    if (strchr (c->row->takes, 'x') && r->context)
        *word++ = borrowed (r->context);
    *word = NULL;
}

/* Quote for the shell.  It stays one line. */
static void put_word (FILE *to, const char *word) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

    if (*word && word[strspn (word, plain)] == '\0') { /* the shell reads byte by byte */
        fputs (word, to);
        return;
    }
    fputc ('\'', to);
    for (; *word; word++)
        if (*word == '\'')
            fputs ("'\\''", to);
        else if (*word == '\n')
            fputs ("'\"$__stele_newline\"'", to);
        else
            fputc (*word, to);
    fputc ('\'', to);
}

char *words_format (char kind, char *const *words, size_t *size) {
    char *line = NULL;
    FILE *to = open_memstream (&line, size);

    if (!to)
        return NULL;
    fputc (kind, to);
    for (; *words; words++) {
        fputc (' ', to);
        put_word (to, *words);
    }
    fputc ('\n', to);
    if (fclose (to) == 0)
        return line;
    free (line);
    return NULL;
}
