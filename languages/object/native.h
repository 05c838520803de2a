/* SPDX-License-Identifier: BSD-3-Clause */
/* native.h: objects that speak stele.h.
 *
 * stele.h's structs are the core's, seen from outside: a struct stele_device is a struct
 * device, and a struct stele_request the beginning of a struct request, which is asserted
 * here.  So a request goes into an object as it is, and its members are read without a
 * call. */
#ifndef STELE_NATIVE_H
#define STELE_NATIVE_H

#include "../../include/stele.h"
#include "object.h"

/* object->own: what the object offers.  A copy, filled up with what it is too old for. */
struct native {
    struct stele_plugin offers;
};

/* The handle of one client's open. */
struct opening {
    void *handle;           /* what the object is called with */
    struct device *kept[2]; /* references: what it may call until it is closed */
};

static inline struct device *device_in (const struct stele_device *d) {
    return (struct device *) d;
}

static inline struct request *request_in (const struct stele_request *r) {
    return (struct request *) r;
}

#define SAME_PLACE(member)                                                                     \
    _Static_assert(offsetof (struct stele_request, member) ==                                  \
                       offsetof (struct request, member),                                      \
                   "stele.h shows the beginning of a request")
SAME_PLACE (work);
SAME_PLACE (flags);
SAME_PLACE (offset);
SAME_PLACE (count);
SAME_PLACE (data);
SAME_PLACE (payload);
#undef SAME_PLACE

/* native.c: what a WORK callback gave, or one that stands for it: 0, -errno, LATER or PASS.
 * Anything else fails the request, with a sentence that names WHAT gave it. */
int native_result (struct request *, const char *what, int result);

/* native_request.c: a frame for code of an object that goes on with a request of D after the
 * callback has returned. */
struct after {
    struct call call;
    struct now now;
};
void after_enter (struct after *, struct device *d, struct request *);
void after_leave (struct after *);

/* native_offers.c: what the symbol offers, checked, and its texts kept.  0, or -errno with a
 * sentence. */
int native_read (struct plugin *, const void *symbol, struct stele_plugin *, struct error *);

/* native_parameters.c: the rows of an object as a list for plugin_declare. */
int native_declare (struct plugin *, const struct stele_plugin *, struct error *);

/* native_caller.c: the log is told of a failure of P's own that concerns a client; what happens
 * without one others tell. */
void native_tell (const struct plugin *p, const struct session *, struct error *);

/* Where the sentence of this thread's callback belongs; NULL where it is in none. */
struct error *native_error (void);

#endif
