/* SPDX-License-Identifier: BSD-3-Clause */
/* A disk of `size` bytes, all of them the first letter of `word`; by hand, as `config` has it.
 */
#include "native.h"

static char *size_text, *word;
static uint64_t size;

static int magic (char **name) {
    *name = strdup ("size");
    return *name ? 0 : -ENOMEM;
}

static int config (const char *key, const char *value) {
    char **to = strcmp (key, "size") == 0   ? &size_text
                : strcmp (key, "word") == 0 ? &word
                                            : NULL;

    if (!to)
        return stele_error (EIO, "config: there is no parameter '%s'", key);
    if (*to)
        return stele_error (EEXIST, "config: %s was given twice", key);
    *to = strdup (value);
    return *to ? 0 : -ENOMEM;
}

static int config_complete (void) {
    if (!size_text)
        return stele_error (EIO, "config_complete: size is missing");
    return stele_parse_size ("config_complete: size", size_text, &size);
}

static int get_ready (void) {
    return word && strcmp (word, "fail") == 0
               ? stele_error (EIO, "get_ready: it cannot get ready")
               : 0;
}

/* The test loads it again and again into one process, which has these variables once. */
static int forget (void) {
    free (size_text);
    free (word);
    size_text = word = NULL;
    return 0;
}

static int64_t get_size (void *handle) {
    (void) handle;
    return (int64_t) size;
}

static int read_letter (void *handle, struct stele_request *r) {
    (void) handle;
    memset (r->data, word ? word[0] : 'x', r->count);
    return 0;
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,
    .load = forget,
    .magic_config_key = magic,
    .config = config,
    .config_complete = config_complete,
    .get_ready = get_ready,
    .unload = forget,
    .get_size = get_size,
    .pread = read_letter,
};
