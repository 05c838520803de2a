/* SPDX-License-Identifier: BSD-3-Clause */
/* uri.c: where a server can be found.
 *
 * The forms are those of the NBD project's "NBD URI specification":
 *     nbd://HOST:PORT/EXPORT   nbd+unix:///EXPORT?socket=PATH   nbd+vsock://CID:PORT/EXPORT */
#include "uri.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* PLAIN: what may stand for itself beside letters and digits. */
static void print_encoded (FILE *out, const char *text, const char *plain) {
    for (const unsigned char *p = (const unsigned char *) text; *p; p++)
        if ((*p < 128 && isalnum (*p)) || strchr (plain, *p))
            fputc (*p, out);
        else
            fprintf (out, "%%%02X", *p);
}

static const char in_path[] = "-._~/", in_host[] = "-._~:";

/* The name of this machine for its own clients, where no address was chosen. */
static void print_host (FILE *out, const char *host) {
    bool literal = host && strchr (host, ':');

    if (literal)
        fputc ('[', out);
    print_encoded (out, host ? host : "localhost", in_host);
    if (literal)
        fputc (']', out);
}

static void print_export (FILE *out, const char *name) {
    if (*name) {
        fputc ('/', out);
        print_encoded (out, name, in_path);
    }
}

static void print_uri (FILE *out, const struct listener *l, const char *name) {
    if (l->kind == LISTEN_UNIX) {
        fputs ("nbd+unix://", out);
        print_export (out, name);
        fputs ("?socket=", out);
        print_encoded (out, l->path, in_path);
        return;
    }
    if (l->kind == LISTEN_VSOCK)
        fputs ("nbd+vsock://1", out);
    else {
        fputs ("nbd://", out);
        print_host (out, l->host);
    }
    fprintf (out, ":%s", l->port);
    print_export (out, name);
}

char *uri_format (const struct listener *l, const char *export_name) {
    char *text = NULL;
    size_t n;

    if (l->kind == LISTEN_FD)
        return NULL;
    FILE *out = open_memstream (&text, &n);
    if (!out)
        return NULL;
    print_uri (out, l, export_name);
    if (fclose (out) != 0) {
        free (text);
        return NULL;
    }
    return text;
}

void uri_print_quoted (FILE *out, const char *text) {
    if (*text && strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789+-./:=@_,") == strlen (text)) {
        fputs (text, out);
        return;
    }
    fputc ('\'', out);
    for (; *text; text++)
        if (*text == '\'')
            fputs ("'\\''", out);
        else
            fputc (*text, out);
    fputc ('\'', out);
}
