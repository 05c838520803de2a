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

/* Does the shell take it as it is? */
static bool is_plain (const char *word) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

    return word[strspn (word, plain)] == '\0';
}

/* Quote for the shell.  It stays one line. */
static void put_quoted (FILE *to, const char *word) {
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

/* Only the handle may be empty. */
static bool are_plain (char *const *words) {
    for (int i = 0; words[i]; i++)
        if (!is_plain (words[i]) || (!words[i][0] && i != 1))
            return false;
    return words[0] && words[1];
}

char *words_format (bool input, char *const *words, size_t *size) {
    char *line = NULL;
    FILE *to = open_memstream (&line, size);
    bool plain = !input && are_plain (words);

    if (!to)
        return NULL;
    fputs (plain ? "o" : input ? "x /dev/fd/4 -" : "x /dev/null -", to);
    for (int i = 0; words[i]; i++) {
        fputs (plain && i == 1 ? " =" : " ", to);
        if (plain)
            fputs (words[i], to);
        else
            put_quoted (to, words[i]);
    }
    fputc ('\n', to);
    if (fclose (to) == 0)
        return line;
    free (line);
    return NULL;
}
