/* SPDX-License-Identifier: BSD-3-Clause */
/* results.c: what a method printed becomes what its row gives, by the row's letter.
 *
 * What cannot be understood is an error that shows it.  Text has no NUL bytes; one newline
 * at its end is not part of it. */
#include "shell.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char blanks[] = " \t\r\n";

struct printed {
    struct call *call;
    struct run *run;
    struct error *error;
    char *text; /* for rows that give text: it ends with a NUL */
};

static int misprint (const struct printed *p, const char *what) {
    return error_set (p->error, EIO, "%s: printed '%.60s': %s", p->run->method, p->text, what);
}

static int give_nothing (struct printed *p) {
    if (p->call->row == &callbacks[ROW_dump_plugin])
        fwrite (p->run->out, 1, p->run->out_size, stdout);
    return 0;
}

static int give_true (struct printed *p) {
    p->call->out.b = true;
    return 0;
}

/* Without the blanks around it. */
static char *trim (char *text) {
    size_t n;

    text += strspn (text, blanks);
    n = strlen (text);
    while (n > 0 && strchr (blanks, text[n - 1]))
        text[--n] = '\0';
    return text;
}

/* What is no number is the script's failure, and not that of who asked. */
static int parse_number (const struct printed *p,
                         int (*parse) (const char *, const char *, uint64_t *, struct error *),
                         const char *text, uint64_t *n) {
    struct error error = {0};

    return parse (p->run->method, text, n, &error) < 0
               ? error_set (p->error, EIO, "%s", error.text)
               : 0;
}

static int give_size (struct printed *p) {
    return parse_number (p, parse_size, trim (p->text), &p->call->out.i);
}

static int give_support (struct printed *p) {
    static const char *const words[] = {
        [SUPPORT_NONE] = "none", [SUPPORT_EMULATE] = "emulate", [SUPPORT_NATIVE] = "native"};

    p->text = trim (p->text);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp (p->text, words[i]) == 0) {
            p->call->out.e = (enum support) i;
            return 0;
        }
    return misprint (p, "'none', 'emulate' or 'native' is wanted");
}

static int give_block_size (struct printed *p) {
    struct block_size *z = &p->call->out.z;
    uint32_t *fields[] = {&z->minimum, &z->preferred, &z->maximum};
    char *save = NULL, *word = strtok_r (p->text, blanks, &save);

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        uint64_t n;
        if (!word)
            return error_set (p->error, EIO, "%s: printed %zu numbers: three sizes are wanted",
                              p->run->method, i);
        if (parse_number (p, parse_size, word, &n) < 0)
            return -EIO;
        *fields[i] = n > UINT32_MAX ? UINT32_MAX : (uint32_t) n;
        word = strtok_r (NULL, blanks, &save);
    }
    return word ? error_set (p->error, EIO, "%s: printed more than three sizes", p->run->method)
                : 0;
}

/* A word that is none is passed over, as scripts expect. */
static int give_thread_model (struct printed *p) {
    int model = thread_model_parse (trim (p->text));

    if (model < 0)
        return MISSING;
    p->call->out.t = (enum thread_model) model;
    return 0;
}

/* Lines, each ended in place with a NUL. */
struct lines {
    char **v;
    size_t n;
};

static int lines_split (struct lines *l, char *text) {
    size_t n = 0;

    for (char *at = text; at; at = strchr (at, '\n'), at = at ? at + 1 : NULL)
        n++;
    *l = (struct lines){.v = calloc (n, sizeof *l->v)};
    if (!l->v)
        return -ENOMEM;
    while (*text) {
        char *end = strchr (text, '\n');
        l->v[l->n++] = text;
        if (!end)
            break;
        *end = '\0';
        text = end + 1;
    }
    return 0;
}

/* Which of the lines are names, and how far behind each its description is; 0: nowhere. */
struct form {
    size_t first, step, end, describe;
};

static int add_names (const struct printed *p, const struct lines *l, struct form form,
                      struct exports *exports) {
    for (size_t i = form.first; i < form.end; i += form.step) {
        const char *description =
            form.describe && i + form.describe < l->n ? l->v[i + form.describe] : NULL;
        struct error error = {0};
        if (description && !*description)
            description = NULL;
        int r = exports_add (exports, l->v[i], description, &error);
        if (r < 0)
            return error_set (p->error, -r, "%s: %s", p->run->method, error.text);
    }
    return 0;
}

/* The first line may say how the others are to be read. */
static int parse_exports (struct printed *p, struct lines *l, struct exports *exports) {
    const char *word = l->n > 0 ? l->v[0] : "";
    struct form form = {.first = 1, .step = 1, .end = l->n};

    if (strcmp (word, "INTERLEAVED") == 0) {
        form.step = 2;
        form.describe = 1;
    } else if (strcmp (word, "NAMES+DESCRIPTIONS") == 0) {
        if (l->n % 2 == 0)
            return error_set (p->error, EIO,
                              "%s: NAMES+DESCRIPTIONS is followed by an odd number of lines",
                              p->run->method);
        form.describe = l->n / 2;
        form.end = 1 + l->n / 2;
    } else if (strcmp (word, "NAMES") != 0) {
        form.first = 0;
    }
    return add_names (p, l, form, exports);
}

static int give_exports_to (struct printed *p, struct exports *exports) {
    struct lines lines;
    int r = lines_split (&lines, p->text);

    if (r < 0)
        return error_set (p->error, ENOMEM, "%s: out of memory", p->run->method);
    r = parse_exports (p, &lines, exports);
    free (lines.v);
    return r;
}

static int give_exports (struct printed *p) {
    return give_exports_to (p, p->call->out.l);
}

/* The default export may be printed in the forms of a list. */
static int give_first_export (struct printed *p) {
    struct exports list = {0};
    int r = give_exports_to (p, &list);

    if (r == 0 && !(p->call->out.s = strdup (list.n > 0 ? list.v[0].name : "")))
        r = error_set (p->error, ENOMEM, "%s: out of memory", p->run->method);
    exports_clear (&list);
    return r;
}

/* One newline at the end is not part of it. */
static void cut_newline (struct printed *p) {
    size_t n = p->run->out_size;

    if (n > 0 && p->text[n - 1] == '\n')
        p->text[n - 1] = '\0';
}

static int give_text (struct printed *p) {
    if (p->call->row == &callbacks[ROW_default_export])
        return give_first_export (p);
    cut_newline (p);
    p->call->out.s = p->text;
    p->run->out = NULL; /* taken */
    return 0;
}

static int give_handle (struct printed *p) {
    cut_newline (p);
    p->call->out.handle = p->text;
    p->run->out = NULL;
    return 0;
}

/* A list of words, one a line, that ends with NULL. */
static int give_words (struct printed *p) {
    struct lines lines;
    size_t n = 0;
    char **words = NULL;

    if (lines_split (&lines, p->text) == 0 && (words = calloc (lines.n + 1, sizeof *words)))
        while (n < lines.n && (words[n] = strdup (lines.v[n])))
            n++;
    if (words && n == lines.n) {
        free (lines.v);
        p->call->out.w = words;
        return 0;
    }
    while (n > 0)
        free (words[--n]);
    free (words);
    free (lines.v);
    return error_set (p->error, ENOMEM, "%s: out of memory", p->run->method);
}

static int give_bytes (struct printed *p) {
    const struct run *run = p->run;

    return run->out_size == run->out_most
               ? 0
               : error_set (p->error, EIO, "%s: printed %zu bytes instead of %zu", run->method,
                            run->out_size, run->out_most);
}

/* A number, or words with commas between them. */
static int parse_extent_type (const struct printed *p, char *text, uint32_t *type) {
    static const struct {
        const char *word;
        uint32_t bit;
    } words[] = {{"hole", EXTENT_HOLE}, {"zero", EXTENT_ZERO}};
    char *save = NULL;
    uint64_t n;

    *type = 0;
    if (*text >= '0' && *text <= '9') {
        if (parse_number (p, parse_unsigned, text, &n) < 0)
            return -EIO;
        *type = (uint32_t) n;
        return n <= UINT32_MAX ? 0
                               : error_set (p->error, EIO, "%s: the type %s is too large",
                                            p->run->method, text);
    }
    for (char *word = strtok_r (text, ",", &save); word; word = strtok_r (NULL, ",", &save)) {
        uint32_t bit = 0;
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            if (strcmp (word, words[i].word) == 0)
                bit = words[i].bit;
        if (!bit)
            return error_set (p->error, EIO,
                              "%s: the type '%.60s' is neither a number nor of hole,zero",
                              p->run->method, word);
        *type |= bit;
    }
    return 0;
}

/* "OFFSET LENGTH [TYPE]".  1: no more are wanted. */
static int add_extent (const struct printed *p, char *line, struct extents *extents) {
    char *save = NULL, *offset_text = strtok_r (line, blanks, &save);
    char *length_text = strtok_r (NULL, blanks, &save),
         *type_text = strtok_r (NULL, blanks, &save);
    uint64_t offset, length;
    uint32_t type = 0;
    int r;

    if (!offset_text || *offset_text == '#')
        return 0;
    if (!length_text)
        return error_set (p->error, EIO, "%s: printed a line with an offset and no length",
                          p->run->method);
    if (parse_number (p, parse_size, offset_text, &offset) < 0 ||
        parse_number (p, parse_size, length_text, &length) < 0 ||
        (type_text && parse_extent_type (p, type_text, &type) < 0))
        return -EIO;
    r = extents_add (extents, offset, length, type);
    if (r == -ERANGE)
        return error_set (p->error, EIO, "%s: there is a gap before the extent at %ju",
                          p->run->method, (uintmax_t) offset);
    return r < 0 ? error_set (p->error, -r, "%s: %s", p->run->method, strerror (-r)) : r;
}

static int give_extents (struct printed *p) {
    struct extents *extents = p->call->request->extents;
    char *line = p->text;
    int r = 0;

    while (line && r == 0) {
        char *end = strchr (line, '\n');
        if (end)
            *end = '\0';
        r = add_extent (p, line, extents);
        line = end ? end + 1 : NULL;
    }
    if (r < 0)
        return -EIO;
    return extents->n > 0 ? 0
                          : error_set (p->error, EIO, "%s: printed no extent of the range",
                                       p->run->method);
}

static int (*const gives[UINT8_MAX + 1]) (struct printed *) = {
    ['0'] = give_nothing, /* rows write 0 */
    ['b'] = give_true,    ['i'] = give_size,       ['s'] = give_text,
    ['e'] = give_support, ['z'] = give_block_size, ['t'] = give_thread_model,
    ['l'] = give_exports, ['w'] = give_words,      ['D'] = give_handle,
    ['B'] = give_bytes,   ['x'] = give_extents,
};

/* Make text of the output.  NULL with a sentence. */
static char *as_text (struct run *run, struct error *error) {
    char *text;

    if (run->out_size > 0 && memchr (run->out, '\0', run->out_size)) {
        error_set (error, EIO, "%s: printed a NUL byte where text is wanted", run->method);
        return NULL;
    }
    if (!(text = realloc (run->out, run->out_size + 1))) {
        error_set (error, ENOMEM, "%s: out of memory", run->method);
        return NULL;
    }
    run->out = text;
    text[run->out_size] = '\0';
    return text;
}

int result_take (struct call *c, struct run *run, struct error *error) {
    struct printed p = {.call = c, .run = run, .error = error};
    char letter = c->row->gives;

    if (letter != '0' && letter != 'b' && letter != 'B') {
        if (!(p.text = as_text (run, error)))
            return -error->number;
    }
    return gives[(unsigned char) letter](&p);
}
