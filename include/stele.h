/* SPDX-License-Identifier: BSD-3-Clause */
/* stele.h: write a disk, or a filter over a disk, in C.
 *
 * A C file that stele is given, or a shared object that was made of one, includes this header
 * and defines one symbol:
 *
 *     #include <stele.h>
 *
 *     static int64_t size (void *handle) { return 1 << 20; }
 *     static int read_ones (void *handle, struct stele_request *r) {
 *         memset (r->data, 1, r->count);
 *         return 0;
 *     }
 *     const struct stele_plugin stele_plugin = {
 *         STELE_PLUGIN, .name = "ones", .get_size = size, .pread = read_ones,
 *     };
 *
 * Everything that can be said is a member of struct stele_plugin; what is left out costs
 * nothing.  The interface only grows: what was compiled for an older stele goes on working.
 *
 * Units       sizes and offsets are bytes, times are nanoseconds.
 * Results     int functions give 0, or an errno with a minus before it (-EIO).
 * Errors      say why with stele_error, or stele_request_error.  The first sentence that is
 *             said in a callback counts; the errno is what the callback returns.
 * Ownership   what a callback is given is borrowed, until it returns; a request until it has
 *             been answered; a device that is to be kept is referenced.
 * Threads     callbacks come as `model` says.  The functions may be called from any thread;
 *             those marked [callback] know whom they are for only inside of a callback.
 */
#ifndef STELE_H
#define STELE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* This interface.  It changes only when what was compiled before would not work any more. */
#define STELE_API_VERSION 1

#define STELE_PRINTF(text, first) __attribute__ ((format (printf, text, first)))

struct stele_device; /* whoever answers requests: a plugin, a filter, "ram", a file, ... */
struct stele_list;   /* names, being collected */

/* What a WORK callback may return beside 0 and -errno. */
enum {
    STELE_LATER = 1, /* I keep this request; stele_request_done follows, from any thread */
    STELE_PASS = 2,  /* not mine: hand the request on, untouched, to the device below */
};

/* Requests */

enum stele_work {
    STELE_PREAD,
    STELE_PWRITE,
    STELE_FLUSH,
    STELE_TRIM,
    STELE_ZERO,
    STELE_EXTENTS,
    STELE_CACHE,
};

enum stele_flag {
    STELE_MAY_TRIM = 1,  /* zero: may leave a hole */
    STELE_FUA = 2,       /* pwrite, zero, trim: on stable storage before it is answered */
    STELE_REQ_ONE = 4,   /* extents: the first is enough */
    STELE_FAST_ZERO = 8, /* zero: fail with ENOTSUP rather than be slow */
};

/* One thing that is asked.  Read it, do not write to it (but to a copy, and to the bytes of
 * a pread); more that is the server's follows in memory, so never make one. */
struct stele_request {
    uint32_t work;  /* enum stele_work */
    uint32_t flags; /* enum stele_flag */
    uint64_t offset, count;
    union {
        void *data;          /* pread: fill in COUNT bytes */
        const void *payload; /* pwrite: COUNT bytes to keep */
    };
};

/* Answer a request for which STELE_LATER was returned, with 0, -errno or STELE_PASS.  Any
 * thread, also before the callback has returned, but not the callback itself.  The request
 * and its data are gone then. */
void stele_request_done (struct stele_request *, int result);

/* Fail with a sentence: return stele_request_error (r, EIO, "block %d is bad", n).  Any
 * thread, while the request is yours.  Returns -number. */
int stele_request_error (struct stele_request *, int number, const char *format, ...)
    STELE_PRINTF (3, 4);

/* Has the client gone?  Then nobody will look at the answer. */
bool stele_request_cancelled (const struct stele_request *);

/* pread: LENGTH bytes from START, counted from the start of the data, are zero: so that
 * nobody has to fill them in, or send them. */
void stele_request_hole (struct stele_request *, uint64_t start, uint64_t length);

/* extents: add what is at OFFSET of the disk, from the start of the range asked for without
 * gaps; TYPE is STELE_HOLE, STELE_ZERO_EXTENT, both or 0 (data); of another context than
 * base:allocation what it likes.  0; 1: no more are wanted; -ERANGE there is a gap before it;
 * -EOVERFLOW its end is past 2^64; -ENOMEM. */
int stele_extents_add (struct stele_request *, uint64_t offset, uint64_t length, uint32_t type);

enum { STELE_HOLE = 1, STELE_ZERO_EXTENT = 2 };

/* extents: which metadata context is asked for: NULL is base:allocation. */
const char *stele_request_context (const struct stele_request *);

/* Ask a device below without waiting.  A copy of a request starts out as the request is, and
 * may be written to (offset, count, flags, data) until it is started:
 *
 *     struct stele_request *copy = stele_request_copy (r);
 *     if (!copy) return -ENOMEM;
 *     copy->offset += 512;
 *     return stele_request_start (copy, next, then, of);
 *
 * What stele_request_start returns the callback returns.  When DEVICE has answered, THEN is
 * called once with its answer, 0 or -errno, at once or later and on another thread; what
 * THEN returns is the answer to the request: 0, -errno, STELE_PASS, or STELE_LATER where
 * other copies of it are still under way (then the last one answers) or another was started.
 * THEN may be NULL: the copy's answer is the request's, and so are its extents, counted from
 * where the request begins instead of the copy.  The copy is gone when THEN returns.
 * A null copy gives -ENOMEM, and no call of THEN.  THEN is not held to `model`. */
typedef int stele_then (struct stele_request *request, struct stele_request *copy, int result,
                        void *of);

struct stele_request *stele_request_copy (struct stele_request *); /* NULL: out of memory */
void stele_request_drop (struct stele_request *copy);              /* it is not started */
int stele_request_start (struct stele_request *copy, struct stele_device *device,
                         stele_then *then, void *of);

/* THEN, of a copy for extents: what the device told, by number from 0; false after the last. */
bool stele_request_extent (const struct stele_request *copy, size_t i, uint64_t *offset,
                           uint64_t *length, uint32_t *type);

/* Let DELAY_NS pass, holding no thread, and call THEN with 0, or -ESHUTDOWN if the client has
 * gone or the server is ending; COPY is NULL.  What THEN returns is the answer; without a
 * THEN it is STELE_PASS.  Return what this returns. */
int stele_request_sleep (struct stele_request *, uint64_t delay_ns, stele_then *then, void *of);

/* Devices */

/* Facts that do not change while the device is there. */
enum stele_support { STELE_NONE, STELE_EMULATE, STELE_NATIVE };

struct stele_block_size {
    uint32_t minimum, preferred, maximum; /* all 0: nothing to say */
};

uint64_t stele_device_get_size (const struct stele_device *);
struct stele_block_size stele_device_block_size (const struct stele_device *);
const char *stele_device_export_description (const struct stele_device *); /* or NULL */
const char *const *stele_device_contexts (const struct stele_device *); /* ends with NULL */
bool stele_device_can_write (const struct stele_device *);
bool stele_device_can_flush (const struct stele_device *);
bool stele_device_can_trim (const struct stele_device *);
bool stele_device_can_zero (const struct stele_device *);
bool stele_device_can_fast_zero (const struct stele_device *);
bool stele_device_hides_zero (const struct stele_device *);
bool stele_device_can_extents (const struct stele_device *);
bool stele_device_can_multi_conn (const struct stele_device *);
bool stele_device_is_rotational (const struct stele_device *);
enum stele_support stele_device_can_fua (const struct stele_device *);
enum stele_support stele_device_can_cache (const struct stele_device *);

/* Straight code: do it and wait for the answer.  0 or -errno; the sentence becomes that of
 * the callback that asks.  A callback that asks a device which may answer late holds its
 * thread meanwhile: set may_block.  COUNT of pread and pwrite is at most 64 MiB.  FLAGS are
 * of enum stele_flag, and 0 is fine. */
int stele_device_pread (struct stele_device *, void *data, uint64_t count, uint64_t offset);
int stele_device_pwrite (struct stele_device *, const void *data, uint64_t count,
                         uint64_t offset, uint32_t flags);
int stele_device_flush (struct stele_device *);
int stele_device_trim (struct stele_device *, uint64_t count, uint64_t offset, uint32_t flags);
int stele_device_zero (struct stele_device *, uint64_t count, uint64_t offset, uint32_t flags);
int stele_device_cache (struct stele_device *, uint64_t count, uint64_t offset);

/* EACH is called for each extent of the range, in order, until it returns other than 0: a
 * negative answer is then the function's. */
typedef int stele_each_extent (void *of, uint64_t offset, uint64_t length, uint32_t type);
int stele_device_extents (struct stele_device *, uint64_t count, uint64_t offset,
                          stele_each_extent *each, void *of);

/* One more holder; one less (NULL is fine).  The last one closes the device. */
struct stele_device *stele_device_ref (struct stele_device *);
void stele_device_unref (struct stele_device *);

/* A device by the name of its constructor: ram, file, slice, concat, cow, pattern, ... as
 * stele-lua-plugin(3) lists them.  One reference, yours; NULL with a sentence: then fail, too.
 *
 *     stele_construct ("slice", STELE_ARGUMENTS ({"device", .device = d}, {"offset", "1M"}))
 */
struct stele_argument {
    const char *name;            /* NULL ends the list */
    const char *text;            /* as on the command line; or */
    struct stele_device *device; /* borrowed; or */
    uint64_t number;             /* where the other two are NULL */
};

/* C only: C++ has no temporary arrays. */
#define STELE_ARGUMENTS(...)                                                                   \
    ((const struct stele_argument[]){__VA_ARGS__, {NULL, NULL, NULL, 0}})

struct stele_device *stele_construct (const char *name, const struct stele_argument *); /* [callback] */

/* Parameters */

/* A key=value of the command line.  --help, near misses, and errors for values that do not
 * fit are made of these rows. */
struct stele_parameter {
    const char *name; /* NULL ends the list */
    const char *type; /* size, unsigned, integer, boolean, string, path (made absolute), password,
                         choice, delay, probability */
    bool required;
    bool bare;            /* a word without key= means this one */
    bool many;            /* may be given several times */
    bool hidden;          /* understood, and left out of --help */
    const char *choices;  /* of a choice: "sparse|malloc|zstd" */
    const char *fallback; /* as text; NULL: none */
    const char *label;    /* --help: what stands behind NAME=; NULL: by the type */
    const char *doc;      /* one sentence */
};

/* What was given, or the fallback, else 0, false or NULL.  [callback], from config_complete
 * on; the text lives as long as the plugin.  A name that is not in the list, or is of
 * another type, is logged and has no value. */
uint64_t stele_parameter_size (const char *name); /* size, unsigned; delay in nanoseconds */
int64_t stele_parameter_integer (const char *name);
bool stele_parameter_boolean (const char *name);
double stele_parameter_probability (const char *name);
const char *stele_parameter_string (const char *name); /* string, path, password, choice */

/* How often it was given, not counting the fallback; and the text of each, from 0: NULL after
 * the last. */
size_t stele_parameter_given (const char *name);
const char *stele_parameter_string_at (const char *name, size_t i);

/* "64M" and the like, for what comes to `config`.  0, or -EINVAL with a sentence that begins
 * with WHAT.  [callback] */
int stele_parse_size (const char *what, const char *text, uint64_t *bytes);

/* The plugin */

enum stele_model {
    STELE_PARALLEL,               /* whatever comes, at once */
    STELE_SERIALIZE_REQUESTS,     /* of each client one request at a time */
    STELE_SERIALIZE_ALL_REQUESTS, /* one callback at a time */
    STELE_SERIALIZE_CONNECTIONS,  /* one client at a time */
};

/* HANDLE is what `open` put into *handle.  Where it put nothing there, or is not defined, it
 * is the device that WORK is handed on to: what `open` put into *device, or a filter's next
 * device; NULL if there is none. */
struct stele_plugin {
    /* STELE_PLUGIN fills in these. */
    uint32_t struct_size, api_version, parameter_size;

    bool filter;            /* it stands over a device: --filter=./it.so */
    bool may_block;         /* WORK may wait, for a disk, a network, or a device below */
    enum stele_model model; /* what may run at the same time */
    const char *name;       /* a word, for messages; NULL: the file's */
    const char *longname, *version, *description, *config_help; /* --help, --dump-plugin */
    const struct stele_parameter *parameters;

    /* LIFE, once in the plugin's or a connection's life, in this order.  0 or -errno. */
    int (*load) (void);                    /* nothing is configured yet */
    int (*magic_config_key) (char **name); /* which key a bare word means; malloc'ed */
    int (*config) (const char *key, const char *value); /* not in `parameters`.  STELE_PASS:
                                                           not mine, there is no such key */
    int (*config_complete) (void); /* every parameter has been given */
    int (*dump_plugin) (void);     /* print more key=value lines for --dump-plugin */
    int (*thread_model) (void);    /* an enum stele_model that is known only now, or -errno */
    int (*explain) (void);         /* print what the disk is made of, for --explain */
    int (*get_ready) (void);       /* about to serve: allocate, check, open files */
    int (*after_fork) (void);      /* the final process: start threads */
    int (*preconnect) (bool readonly); /* a client has said nothing yet; an error drops it */
    int (*list_exports) (bool readonly, bool tls, struct stele_list *);
    int (*default_export) (bool readonly, bool tls, char **name); /* malloc'ed; NULL: none */
    int (*open) (struct stele_device *next, bool readonly, void **handle,
                 struct stele_device **device); /* see below */
    int (*close) (void *handle); /* the client has left; its requests are finished */
    int (*cleanup) (void);       /* the server is about to end; clients are gone */
    int (*unload) (void);        /* the last of all */

    /* FACTS, asked once, after open.  What is left out is as of the device below; without
     * one, yes if that WORK is defined.  bool: 1 or 0; support: enum stele_support. */
    int64_t (*get_size) (void *handle); /* bytes, or -errno */
    int (*block_size) (void *handle, struct stele_block_size *);
    int (*export_description) (void *handle, char **text); /* malloc'ed; NULL: none */
    int (*contexts) (void *handle, struct stele_list *); /* beside base:allocation */
    int (*can_write) (void *handle);
    int (*can_flush) (void *handle);
    int (*can_trim) (void *handle);
    int (*can_zero) (void *handle);      /* better than by writing? */
    int (*can_fast_zero) (void *handle); /* does zero fail at once where it would be slow? */
    int (*hides_zero) (void *handle);    /* must clients write zeroes? */
    int (*can_extents) (void *handle);
    int (*can_multi_conn) (void *handle); /* do connections see one disk, flushes included? */
    int (*is_rotational) (void *handle);
    int (*can_fua) (void *handle);   /* support */
    int (*can_cache) (void *handle); /* support */

    /* WORK, per request.  The range lies within the disk, and the facts allow it.  0, -errno,
     * STELE_LATER or STELE_PASS.  What is left out the device below does: no call, no cost.
     * But over a pwrite of yours a zero or trim does not fall through, nor over a pread
     * extents or cache: they are made of your pwrite and pread instead.  Where falling
     * through is right, say so: .zero = stele_pass. */
    int (*pread) (void *handle, struct stele_request *);
    int (*pwrite) (void *handle, struct stele_request *);
    int (*flush) (void *handle, struct stele_request *);
    int (*trim) (void *handle, struct stele_request *);
    int (*zero) (void *handle, struct stele_request *); /* -ENOTSUP: zeroes are written */
    int (*extents) (void *handle, struct stele_request *);
    int (*cache) (void *handle, struct stele_request *);
};

#define STELE_PLUGIN                                                                           \
    .struct_size = sizeof (struct stele_plugin), .api_version = STELE_API_VERSION,             \
    .parameter_size = sizeof (struct stele_parameter)

/* open: a client opens an export.  NEXT is the device below of a filter, NULL of a plugin; it
 * is there until `close` has returned.  Put anything of yours into *handle, or nothing; and
 * into *device, if WORK and facts that you leave out are to be those of some other device,
 * a reference to it: what stele_construct gave, or a stack of such over NEXT.  It is taken
 * over, and lives until `close` has returned.  After an error nothing is kept, and close is
 * not called. */

/* As a member of WORK: the device below does it, whatever cuts it off. */
int stele_pass (void *handle, struct stele_request *);

/* The plugin itself. */
extern const struct stele_plugin stele_plugin __attribute__ ((visibility ("default")));

/* list_exports, contexts: add a name (its description may be NULL).  0 or -errno. */
int stele_list_add (struct stele_list *, const char *name, const char *description);

/* The caller */

/* All [callback]; the client's where there is one: in open, close, facts, work, preconnect,
 * list_exports, default_export.  The text lives until `close` has returned. */
const char *stele_export_name (void); /* "" is the default; NULL without a client */
bool stele_is_readonly (void);        /* -r was given */
bool stele_is_tls (void);
uint64_t stele_connection (void); /* its number, from 1; 0 without one */
bool stele_only_asks (void); /* open: only facts are wanted, perhaps.  After true is told, open
                                is called again should the client want the disk, too */
int stele_peer_name (struct sockaddr *, socklen_t *);          /* as getpeername; or -errno */
int stele_peer_credentials (pid_t *pid, uid_t *uid, gid_t *gid); /* Unix sockets; or -errno */
void stele_disconnect (bool force); /* drop it: at once, or when its replies are sent */

/* Fail with a sentence: return stele_error (EINVAL, "key: %s is odd", value).  [callback];
 * elsewhere the sentence is logged.  Returns -number. */
int stele_error (int number, const char *format, ...) STELE_PRINTF (2, 3);

/* The failure that a device or stele_construct told of has been dealt with: forget its
 * sentence.  [callback] */
void stele_error_forget (void);

/* A line to the log, as an error; and one that is seen with -v only. */
void stele_log (const char *format, ...) STELE_PRINTF (1, 2);
void stele_debug (const char *format, ...) STELE_PRINTF (1, 2);

/* End the server, as SIGTERM would. */
void stele_shutdown (void);

#ifdef __cplusplus
}
#endif

#endif
