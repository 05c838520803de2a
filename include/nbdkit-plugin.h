/* SPDX-License-Identifier: BSD-3-Clause */
/* nbdkit-plugin.h: what a compiled plugin of the nbdkit kind is made with.
 *
 * A plugin is a shared object that fills in a struct nbdkit_plugin and registers it:
 *
 *     #define NBDKIT_API_VERSION 2
 *     #include <nbdkit-plugin.h>
 *     #define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL
 *     ...
 *     static struct nbdkit_plugin plugin = { .name = "mine", .open = mine_open, ... };
 *     NBDKIT_REGISTER_PLUGIN (plugin)
 *
 * and is compiled with -shared -fPIC.  The functions below are found in the server that
 * loads it.  The manual page nbdkit-plugin(3) describes the interface; this file is Stele's
 * own account of it, and a plugin made with it loads wherever the interface is kept.
 *
 * Callbacks return -1 or NULL for failure unless it says otherwise.  Offsets and sizes are
 * bytes. */
#ifndef NBDKIT_PLUGIN_H
#define NBDKIT_PLUGIN_H

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The interface's version that a plugin chooses before it includes this. */
#ifndef NBDKIT_API_VERSION
#define NBDKIT_API_VERSION 1
#endif
#if NBDKIT_API_VERSION != 1 && NBDKIT_API_VERSION != 2
#error Unknown NBDKIT_API_VERSION: 1 and 2 are known
#endif

/* The version of nbdkit whose interface this is. */
#define NBDKIT_VERSION_MAJOR  1
#define NBDKIT_VERSION_MINOR  46
#define NBDKIT_VERSION_MICRO  0
#define NBDKIT_VERSION_STRING "1.46.0"

/* THREAD_MODEL: what may run at the same time. */
#define NBDKIT_THREAD_MODEL_SERIALIZE_CONNECTIONS  0 /* one client at a time */
#define NBDKIT_THREAD_MODEL_SERIALIZE_ALL_REQUESTS 1 /* one call of the plugin at a time */
#define NBDKIT_THREAD_MODEL_SERIALIZE_REQUESTS     2 /* one call at a time for each handle */
#define NBDKIT_THREAD_MODEL_PARALLEL               3 /* everything */

/* The flags of requests. */
#define NBDKIT_FLAG_MAY_TRIM  (1 << 0) /* zero: a hole will do */
#define NBDKIT_FLAG_FUA       (1 << 1) /* on stable storage before it returns */
#define NBDKIT_FLAG_REQ_ONE   (1 << 2) /* extents: the first one is enough */
#define NBDKIT_FLAG_FAST_ZERO (1 << 3) /* zero: fail with ENOTSUP rather than be slow */

/* can_fua: no; by a flush after each write; the callbacks understand NBDKIT_FLAG_FUA. */
#define NBDKIT_FUA_NONE    0
#define NBDKIT_FUA_EMULATE 1
#define NBDKIT_FUA_NATIVE  2

/* can_cache: no; by a read whose data is dropped; by the cache callback. */
#define NBDKIT_CACHE_NONE    0
#define NBDKIT_CACHE_EMULATE 1
#define NBDKIT_CACHE_NATIVE  2

/* The type of an extent; 0 is data. */
#define NBDKIT_EXTENT_HOLE (1 << 0) /* not allocated */
#define NBDKIT_EXTENT_ZERO (1 << 1) /* reads as zeroes */

/* What `open` returns when it needs no handle. */
#define NBDKIT_HANDLE_NOT_NEEDED ((void *) &errno)

#if defined(__GNUC__) || defined(__clang__)
#define NBDKIT_ATTRIBUTE_FORMAT(format, args)                                                  \
    __attribute__ ((__format__ (__printf__, format, args)))
#define NBDKIT_ATTRIBUTE_EXPORTED __attribute__ ((__visibility__ ("default")))
#else
#define NBDKIT_ATTRIBUTE_FORMAT(format, args)
#define NBDKIT_ATTRIBUTE_EXPORTED
#endif

struct nbdkit_extents; /* a list that grows by nbdkit_add_extent */
struct nbdkit_exports; /* a list that grows by nbdkit_add_export */

struct nbdkit_extent {
    uint64_t offset, length;
    uint32_t type; /* NBDKIT_EXTENT_* */
};

struct nbdkit_export {
    char *name, *description; /* belong to the list; no description is NULL */
};

/* What a plugin is.  Fields are only ever added at the end, and a server takes as many as
 * the plugin was compiled with.  name, open, get_size and pread are needed. */
struct nbdkit_plugin {
    /* Filled in by NBDKIT_REGISTER_PLUGIN. */
    uint64_t _struct_size;
    int _api_version;
    int _thread_model;

    const char *name; /* letters, digits and dashes; no dash first */
    const char *longname;
    const char *version;     /* of the plugin, free text */
    const char *description; /* for --help */

    void (*load) (void);
    void (*unload) (void);
    int (*config) (const char *key, const char *value); /* both live as long as the plugin */
    int (*config_complete) (void);
    const char *config_help; /* for --help: the parameters */

    void *(*open) (int readonly); /* a handle */
    void (*close) (void *handle);
    int64_t (*get_size) (void *handle);
    int (*can_write) (void *handle); /* can_*, is_*: 0 no, 1 yes */
    int (*can_flush) (void *handle);
    int (*is_rotational) (void *handle);
    int (*can_trim) (void *handle);

    /* Requests of version 1, which have no flags. */
#if NBDKIT_API_VERSION == 1
    int (*pread) (void *handle, void *buf, uint32_t count, uint64_t offset);
    int (*pwrite) (void *handle, const void *buf, uint32_t count, uint64_t offset);
    int (*flush) (void *handle);
    int (*trim) (void *handle, uint32_t count, uint64_t offset);
    int (*zero) (void *handle, uint32_t count, uint64_t offset, int may_trim);
#else
    int (*_pread_v1) (void *handle, void *buf, uint32_t count, uint64_t offset);
    int (*_pwrite_v1) (void *handle, const void *buf, uint32_t count, uint64_t offset);
    int (*_flush_v1) (void *handle);
    int (*_trim_v1) (void *handle, uint32_t count, uint64_t offset);
    int (*_zero_v1) (void *handle, uint32_t count, uint64_t offset, int may_trim);
#endif

    int errno_is_preserved;     /* when a request fails, errno says why */
    void (*dump_plugin) (void); /* print key=value lines to standard output */
    int (*can_zero) (void *handle);
    int (*can_fua) (void *handle); /* NBDKIT_FUA_* */

    /* Requests of version 2; flags are NBDKIT_FLAG_*. */
#if NBDKIT_API_VERSION == 1
    int (*_pread_v2) (void *handle, void *buf, uint32_t count, uint64_t offset, uint32_t flags);
    int (*_pwrite_v2) (void *handle, const void *buf, uint32_t count, uint64_t offset,
                       uint32_t flags);
    int (*_flush_v2) (void *handle, uint32_t flags);
    int (*_trim_v2) (void *handle, uint32_t count, uint64_t offset, uint32_t flags);
    int (*_zero_v2) (void *handle, uint32_t count, uint64_t offset, uint32_t flags);
#else
    int (*pread) (void *handle, void *buf, uint32_t count, uint64_t offset, uint32_t flags);
    int (*pwrite) (void *handle, const void *buf, uint32_t count, uint64_t offset,
                   uint32_t flags);
    int (*flush) (void *handle, uint32_t flags);
    int (*trim) (void *handle, uint32_t count, uint64_t offset, uint32_t flags);
    int (*zero) (void *handle, uint32_t count, uint64_t offset, uint32_t flags);
#endif

    const char *magic_config_key; /* which parameter a bare word sets */
    int (*can_multi_conn) (void *handle);
    int (*can_extents) (void *handle);
    int (*extents) (void *handle, uint32_t count, uint64_t offset, uint32_t flags,
                    struct nbdkit_extents *extents);
    int (*can_cache) (void *handle); /* NBDKIT_CACHE_* */
    int (*cache) (void *handle, uint32_t count, uint64_t offset, uint32_t flags);
    int (*thread_model) (void); /* NBDKIT_THREAD_MODEL_*, if stricter than THREAD_MODEL */
    int (*can_fast_zero) (void *handle);
    int (*preconnect) (int readonly);
    int (*get_ready) (void);
    int (*after_fork) (void);
    int (*list_exports) (int readonly, int is_tls, struct nbdkit_exports *exports);
    const char *(*default_export) (int readonly, int is_tls); /* NULL: there is none */
    const char *(*export_description) (void *handle);         /* NULL: none */
    void (*cleanup) (void);
    int (*block_size) (void *handle, uint32_t *minimum, uint32_t *preferred, uint32_t *maximum);
};

/* Make PLUGIN, a struct nbdkit_plugin, known.  THREAD_MODEL must be defined. */
#ifdef __cplusplus
#define NBDKIT_EXTERN_C extern "C"
#else
#define NBDKIT_EXTERN_C extern
#endif
#define NBDKIT_REGISTER_PLUGIN(plugin)                                                         \
    NBDKIT_EXTERN_C NBDKIT_ATTRIBUTE_EXPORTED struct nbdkit_plugin *plugin_init (void);        \
    struct nbdkit_plugin *plugin_init (void) {                                                 \
        (plugin)._struct_size = sizeof (plugin);                                               \
        (plugin)._api_version = NBDKIT_API_VERSION;                                            \
        (plugin)._thread_model = THREAD_MODEL;                                                 \
        return &(plugin);                                                                      \
    }

/* Messages.  They work like printf, %m is strerror (errno), and errno is kept. */

/* Say why something fails; the log has it at once, and a client may be told. */
extern void nbdkit_error (const char *format, ...) NBDKIT_ATTRIBUTE_FORMAT (1, 2);
extern void nbdkit_verror (const char *format, va_list args) NBDKIT_ATTRIBUTE_FORMAT (1, 0);

/* For -v. */
extern void nbdkit_debug (const char *format, ...) NBDKIT_ATTRIBUTE_FORMAT (1, 2);
extern void nbdkit_vdebug (const char *format, va_list args) NBDKIT_ATTRIBUTE_FORMAT (1, 0);

/* For -v: SIZE bytes at DATA in hexadecimal, 16 a line, each line after PREFIX (or NULL) and
 * an address that counts from START. */
extern void nbdkit_debug_hexdump (const void *data, size_t size, const char *prefix,
                                  uint64_t start);

/* Which errno the client is to get, should the running request fail. */
extern void nbdkit_set_error (int number);

/* Parameters.  On failure nbdkit_error has been called, and -1 or NULL is returned. */

/* 0, and the number in *RESULT (which may be NULL); WHAT names it in messages.  Decimal, 0x
 * hexadecimal or 0 octal. */
extern int nbdkit_parse_int (const char *what, const char *text, int *result);
extern int nbdkit_parse_unsigned (const char *what, const char *text, unsigned *result);
extern int nbdkit_parse_int8_t (const char *what, const char *text, int8_t *result);
extern int nbdkit_parse_uint8_t (const char *what, const char *text, uint8_t *result);
extern int nbdkit_parse_int16_t (const char *what, const char *text, int16_t *result);
extern int nbdkit_parse_uint16_t (const char *what, const char *text, uint16_t *result);
extern int nbdkit_parse_int32_t (const char *what, const char *text, int32_t *result);
extern int nbdkit_parse_uint32_t (const char *what, const char *text, uint32_t *result);
extern int nbdkit_parse_int64_t (const char *what, const char *text, int64_t *result);
extern int nbdkit_parse_uint64_t (const char *what, const char *text, uint64_t *result);

/* "1/10", "10%" or "0.1" as a number of at least 0; 0 for success. */
extern int nbdkit_parse_probability (const char *what, const char *text, double *result);

/* "1.5", "20ms" as seconds and nanoseconds; 0 for success. */
extern int nbdkit_parse_delay (const char *what, const char *text, unsigned *seconds,
                               unsigned *nanoseconds);

/* "100M" in bytes. */
extern int64_t nbdkit_parse_size (const char *text);

/* "yes", "off" and the like: 1 or 0. */
extern int nbdkit_parse_bool (const char *text);

/* A password as the user gave it: itself, "-" for the terminal, "-FD", "+FILE".  0, and
 * *PASSWORD is the caller's to free. */
extern int nbdkit_read_password (const char *value, char **password);

/* 1: standard input and output are the user's, up to config_complete; 0: the client's. */
extern int nbdkit_stdio_safe (void);

/* An absolute path for the caller to free: of any file, up to get_ready; of one that exists,
 * with its symbolic links followed. */
extern char *nbdkit_absolute_path (const char *path);
extern char *nbdkit_realpath (const char *path);

/* Wait.  0; -1 where there is no point in going on: the server ends, or the client has gone
 * (errno is ESHUTDOWN then). */
extern int nbdkit_nanosleep (unsigned seconds, unsigned nanoseconds);

/* The client, from the callbacks of its connection; elsewhere they fail. */

/* What the client asked for, "" by default; valid until close. */
extern const char *nbdkit_export_name (void);

/* 1: it is encrypted; 0: it is not. */
extern int nbdkit_is_tls (void);

/* As getpeername.  0 for success. */
extern int nbdkit_peer_name (struct sockaddr *address, socklen_t *size);

/* Of a client on a Unix socket. */
extern int64_t nbdkit_peer_pid (void);
extern int64_t nbdkit_peer_uid (void);
extern int64_t nbdkit_peer_gid (void);

/* Its label (SELinux and the like), and the names in its certificate: the caller frees. */
extern char *nbdkit_peer_security_context (void);
extern char *nbdkit_peer_tls_dn (void);
extern char *nbdkit_peer_tls_issuer_dn (void);

/* Drop the client, at once (FORCE) or when what it asked has been answered. */
extern void nbdkit_disconnect (int force);

/* End the server; returns, and the end follows. */
extern void nbdkit_shutdown (void);

/* Copies of strings that need not be freed: they live until the client's close, or made
 * outside of a connection until unload. */
extern const char *nbdkit_strdup_intern (const char *text);
extern const char *nbdkit_strndup_intern (const char *text, size_t size);
extern const char *nbdkit_printf_intern (const char *format, ...)
    NBDKIT_ATTRIBUTE_FORMAT (1, 2);
extern const char *nbdkit_vprintf_intern (const char *format, va_list args)
    NBDKIT_ATTRIBUTE_FORMAT (1, 0);

/* Lists.  On failure nbdkit_error has been called, errno is set, and -1 is returned. */

/* For `extents`: the next extent, which must begin where the one before ended. */
extern int nbdkit_add_extent (struct nbdkit_extents *extents, uint64_t offset, uint64_t length,
                              uint32_t type);

/* A list of one's own, of the range from START up to END.  NULL: failed.  Free it. */
extern struct nbdkit_extents *nbdkit_extents_new (uint64_t start, uint64_t end);
extern void nbdkit_extents_free (struct nbdkit_extents *extents);
extern size_t nbdkit_extents_count (const struct nbdkit_extents *extents);

/* The I-th, from 0 up to nbdkit_extents_count - 1. */
extern struct nbdkit_extent nbdkit_get_extent (const struct nbdkit_extents *extents, size_t i);

/* For `list_exports`: a name of at most 4096 bytes, and a description or NULL; copied. */
extern int nbdkit_add_export (struct nbdkit_exports *exports, const char *name,
                              const char *description);

/* For `list_exports`: what default_export says. */
extern int nbdkit_use_default_export (struct nbdkit_exports *exports);

/* The same for lists of one's own. */
extern struct nbdkit_exports *nbdkit_exports_new (void);
extern void nbdkit_exports_free (struct nbdkit_exports *exports);
extern size_t nbdkit_exports_count (const struct nbdkit_exports *exports);
extern struct nbdkit_export nbdkit_get_export (const struct nbdkit_exports *exports, size_t i);

#ifdef __cplusplus
}
#endif

#endif
