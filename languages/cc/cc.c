/* SPDX-License-Identifier: BSD-3-Clause */
/* cc.c: the language `cc`: scripts in C, and in whatever else compiles to a shared object.
 *
 *     script ──▶ cache ─────────────▶ object in memory ─▶ the language `object`
 *                  └─▶ compiler ─────────┘
 *
 * Once there is an object this has nothing to do any more: the plugin becomes one of the
 * language `object`, as if it had been compiled before.  So all that compiled plugins can do
 * scripts can, and nothing of it is here. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../languages.h"
#include "../object/object.h"
#include "cache.h"
#include "compile.h"
#include "entry.h"
#include "image.h"

enum { SOURCE_MOST = 64 << 20 };

/* A script on its way. */
struct job {
    struct plugin *plugin;
    const char *what; /* the script's name, for people */
    struct content source;
    bool copied; /* the script is no file that a compiler could read */
    struct compiler compiler;
    struct digest key;
    struct cache cache;
    struct image image;
};

static const char *given (const struct plugin *p, const char *name) {
    const struct value *v = arguments_get (&p->own, name);

    return v->given ? v->s : NULL;
}

static int read_source (struct job *j, struct error *error) {
    bool input = strcmp (j->plugin->path, "-") == 0;
    struct stat status;
    int r;

    j->what = input ? "the script on standard input" : j->plugin->path;
    if (input && !j->plugin->host->stdio_safe)
        return error_set (error, EINVAL, "cc -: standard input belongs to the client");
    int fd = input ? STDIN_FILENO : open (j->plugin->path, O_RDONLY | O_CLOEXEC);
    j->copied = input || (fd >= 0 && fstat (fd, &status) == 0 && !S_ISREG (status.st_mode));
    r = fd < 0 ? -errno : content_read (fd, SOURCE_MOST, &j->source);
    if (fd >= 0 && !input)
        close (fd);
    return r < 0 ? error_set (error, -r, "%s: %s", j->what, strerror (-r)) : 0;
}

static int make_image (struct job *j, const void *object, size_t size, struct error *error) {
    const char *slash = strrchr (j->plugin->path, '/');
    char name[64];

    snprintf (name, sizeof name, "%s", slash ? slash + 1 : "cc");
    int r = image_new (&j->image, name, object, size);
    return r < 0
               ? error_set (error, -r, "%s: memory for the object: %s", j->what, strerror (-r))
               : 0;
}

/* 0; -ENOENT: there is none, or none any more; or -errno with a sentence. */
static int take_kept (struct job *j, struct error *error) {
    struct content entry;
    size_t size;
    int r = cache_find (&j->cache, j->key, &entry);

    if (r < 0)
        return -ENOENT;
    const char *object = entry_object (&entry, j->key, &size);
    r = object ? make_image (j, object, size, error) : -ENOENT;
    content_clear (&entry);
    return r;
}

/* What goes wrong here has the one effect that the next start takes as long as this one. */
static void keep (const struct job *j, const struct place *place, const struct content *object,
                  struct timespec started) {
    struct content rules = {0}, entry = {0};
    char *folder = getcwd (NULL, 0);
    int r = folder ? 0 : -errno;

    if (r == 0)
        r = content_of (AT_FDCWD, place->read, SOURCE_MOST, &rules);
    if (r == 0)
        r = entry_make (&entry, object,
                        &(struct origin){.key = j->key,
                                         .rules = rules.data,
                                         .source = j->copied ? place->source : j->plugin->path,
                                         .folder = folder,
                                         .started = started});
    if (r == 0)
        cache_keep (&j->cache, j->key, &entry);
    else
        log_debug (j->cache.log, "cc", "%s: the object is not kept: %s", j->what,
                   r == -EAGAIN ? "a file has changed meanwhile" : strerror (-r));
    content_clear (&entry);
    content_clear (&rules);
    free (folder);
}

static int write_source (const struct job *j, const struct place *place, struct error *error) {
    int fd = open (place->source, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int r = fd < 0 ? -errno : content_write (fd, j->source.data, j->source.size);

    if (fd >= 0)
        close (fd);
    return r < 0 ? error_set (error, -r, "%s: %s", place->source, strerror (-r)) : 0;
}

static int compile_in (struct job *j, const struct place *place, struct error *error) {
    const struct plugin *p = j->plugin;
    struct content object = {0};
    struct timespec started;
    int r = j->copied ? write_source (j, place, error) : 0;

    clock_gettime (CLOCK_REALTIME, &started);
    if (r == 0)
        r = compile (&j->compiler, place, j->copied ? place->source : p->path, j->what,
                     arguments_get (&p->own, "CC_TIMEOUT")->u, error);
    if (r == 0 && (r = content_of (AT_FDCWD, place->object, SIZE_MAX, &object)) < 0)
        error_set (error, -r, "%s: the object: %s", j->what, strerror (-r));
    if (r == 0)
        r = make_image (j, object.data, object.size, error);
    if (r == 0 && j->cache.fd >= 0)
        keep (j, place, &object, started);
    content_clear (&object);
    return r;
}

static int compile_anew (struct job *j, struct error *error) {
    struct place place;
    sigset_t before;
    int r;

    compile_hold (&before);
    r = place_new (&place, error);
    if (r == 0) {
        r = compile_in (j, &place, error);
        place_clear (&place);
    }
    compile_release (&before);
    return r;
}

static int find_object (struct job *j, struct error *error) {
    const struct plugin *p = j->plugin;
    int r = read_source (j, error);

    if (r == 0)
        r = compiler_find (&j->compiler, given (p, "CC"), given (p, "CFLAGS"),
                           given (p, "EXTRA_CFLAGS"), error);
    if (r == 0 && compiler_key (&j->compiler, p->path, &j->source, &j->key) < 0)
        r = error_set (error, ENOMEM, "cc: out of memory");
    if (r < 0)
        return r;
    if (j->compiler.cacheable)
        cache_open (&j->cache, &p->host->log);
    r = take_kept (j, error);
    return r == -ENOENT && !error->number ? compile_anew (j, error) : r;
}

static int load (struct plugin *p, struct error *error) {
    struct job job = {.plugin = p, .cache.fd = -1, .image.fd = -1};
    int r = find_object (&job, error);

    if (r == 0) {
        p->language = &object_language;
        p->may_block = object_language.may_block;
        r = object_load (p, job.image.path, error);
    }
    image_free (&job.image);
    cache_close (&job.cache);
    compiler_clear (&job.compiler);
    content_clear (&job.source);
    return r;
}

static enum defined defines (struct plugin *p, const struct callback *row) {
    (void) p, (void) row;
    return NOT_DEFINED;
}

static const struct parameter parameters[] = {
    {.name = "CC",
     .type = PARAM_string,
     .label = "COMPILER",
     .doc = "what compiles the script"},
    {.name = "CFLAGS",
     .type = PARAM_string,
     .label = "FLAGS",
     .doc = "instead of the usual flags"},
    {.name = "EXTRA_CFLAGS",
     .type = PARAM_string,
     .label = "FLAGS",
     .doc = "after the other flags"},
    {.name = "CC_TIMEOUT",
     .type = PARAM_delay,
     .fallback = "300s",
     .doc = "how long the compiler may take"},
    {0},
};

const struct language cc_language = {
    .name = "cc",
    .suffix = ".c",
    .doc = "scripts in C, which are compiled when the server starts",
    .dump = "CC=" CONFIGURED_CC "\nCFLAGS=" COMPILER_FLAGS "\n",
    .parameters = parameters,
    .load = load,
    .defines = defines,
    .standard_input = true,
};
