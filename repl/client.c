/* SPDX-License-Identifier: BSD-3-Clause */
/* client.c: libnbd's functions as methods.
 *
 * Their names are libnbd's without nbd_, their arguments the same in the same order; what is
 * a buffer or a callback there is a string or a table here.  Each signature is one shape,
 * each function one row.  A call may wait for a server that runs in this very script, so it
 * is made off the strand. */
#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_LIBNBD

int client_raise (lua_State *L) {
    return raise_error (L, nbd_get_errno (), "%s", nbd_get_error ());
}

uint64_t client_unsigned (lua_State *L, int index) {
    return (uint64_t) luaL_checkinteger (L, index);
}

uint32_t client_flags (lua_State *L, int index) {
    return (uint32_t) luaL_optinteger (L, index, 0);
}

#define HANDLE struct nbd_handle *

/* Call libnbd's function of the row, which TAKES these types and GIVES that, off the strand. */
#define CALL(result, gives, takes, ...)                                               \
    do {                                                                              \
        struct nbd_handle *nbd_ = client_need (L)->nbd;                               \
        gives (*function_) takes = (gives (*) takes) client_method (L)->function;     \
        prompt_leave (L);                                                             \
        result = function_ (nbd_ __VA_OPT__ (, ) __VA_ARGS__);                        \
        prompt_enter (L);                                                             \
    } while (0)

static int push_integer (lua_State *L, int64_t n) {
    if (n < 0)
        return client_raise (L);
    lua_pushinteger (L, n);
    return 1;
}

static int push_nothing (lua_State *L, int r) {
    return r < 0 ? client_raise (L) : 0;
}

/* The shapes, by what libnbd's function takes and gives. */

static int yes (lua_State *L) {
    int r;
    CALL (r, int, (HANDLE));
    if (r < 0)
        return client_raise (L);
    lua_pushboolean (L, r);
    return 1;
}

static int yes_of_text (lua_State *L) {
    const char *text = luaL_checkstring (L, 2);
    int r;
    CALL (r, int, (HANDLE, const char *), text);
    if (r < 0)
        return client_raise (L);
    lua_pushboolean (L, r);
    return 1;
}

static int number (lua_State *L) {
    int r;
    CALL (r, int, (HANDLE));
    return push_integer (L, r);
}

static int number_unsigned (lua_State *L) {
    uint32_t r;
    CALL (r, uint32_t, (HANDLE));
    return push_integer (L, r);
}

static int number_long (lua_State *L) {
    int64_t r;
    CALL (r, int64_t, (HANDLE));
    return push_integer (L, r);
}

static int number_of_kind (lua_State *L) {
    static const char *const kinds[] = { "minimum", "preferred", "maximum", NULL };
    int kind = lua_isinteger (L, 2) ? (int) lua_tointeger (L, 2)
                                    : luaL_checkoption (L, 2, NULL, kinds);
    int64_t r;
    CALL (r, int64_t, (HANDLE, int), kind);
    return push_integer (L, r);
}

static int text (lua_State *L) {
    char *r;
    CALL (r, char *, (HANDLE));
    if (!r)
        return client_raise (L);
    lua_pushstring (L, r);
    free (r);
    return 1;
}

static int text_of_number (lua_State *L) {
    size_t i = (size_t) client_unsigned (L, 2);
    char *r;
    CALL (r, char *, (HANDLE, size_t), i);
    if (!r)
        return client_raise (L);
    lua_pushstring (L, r);
    free (r);
    return 1;
}

static int constant (lua_State *L) {
    const char *r;
    CALL (r, const char *, (HANDLE));
    if (!r)
        return client_raise (L);
    lua_pushstring (L, r);
    return 1;
}

static int act (lua_State *L) {
    int r;
    CALL (r, int, (HANDLE));
    return push_nothing (L, r);
}

static int act_text (lua_State *L) {
    const char *s = luaL_checkstring (L, 2);
    int r;
    CALL (r, int, (HANDLE, const char *), s);
    return push_nothing (L, r);
}

static int act_two_texts (lua_State *L) {
    const char *s = luaL_checkstring (L, 2), *t = luaL_checkstring (L, 3);
    int r;
    CALL (r, int, (HANDLE, const char *, const char *), s, t);
    return push_nothing (L, r);
}

static int act_switch (lua_State *L) {
    bool on = lua_toboolean (L, 2);
    int r;
    CALL (r, int, (HANDLE, bool), on);
    return push_nothing (L, r);
}

static int act_number (lua_State *L) {
    int n = (int) luaL_checkinteger (L, 2);
    int r;
    CALL (r, int, (HANDLE, int), n);
    return push_nothing (L, r);
}

static int act_flags (lua_State *L) {
    uint32_t flags = client_flags (L, 2);
    int r;
    CALL (r, int, (HANDLE, uint32_t), flags);
    return push_nothing (L, r);
}

static int act_two_numbers (lua_State *L) {
    uint32_t a = (uint32_t) client_unsigned (L, 2), b = (uint32_t) client_unsigned (L, 3);
    int r;
    CALL (r, int, (HANDLE, uint32_t, uint32_t), a, b);
    return push_nothing (L, r);
}

static int act_range (lua_State *L) {
    uint64_t count = client_unsigned (L, 2), offset = client_unsigned (L, 3);
    uint32_t flags = client_flags (L, 4);
    int r;
    CALL (r, int, (HANDLE, uint64_t, uint64_t, uint32_t), count, offset, flags);
    return push_nothing (L, r);
}

/* By hand: data */

static int client_pread (lua_State *L) {
    struct client *c = client_need (L);
    size_t count = (size_t) client_unsigned (L, 2);
    uint64_t offset = client_unsigned (L, 3);
    uint32_t flags = client_flags (L, 4);

    luaL_argcheck (L, count <= 256 << 20, 2, "too many bytes");
    char *room = lua_newuserdatauv (L, count ? count : 1, 0);
    memset (room, 0, count ? count : 1);
    prompt_leave (L);
    int r = nbd_pread (c->nbd, room, count, offset, flags);
    prompt_enter (L);
    if (r < 0)
        return client_raise (L);
    lua_pushlstring (L, room, count);
    return 1;
}

static int client_pwrite (lua_State *L) {
    struct client *c = client_need (L);
    size_t count;
    const char *bytes = luaL_checklstring (L, 2, &count);
    uint64_t offset = client_unsigned (L, 3);
    uint32_t flags = client_flags (L, 4);

    prompt_leave (L);
    int r = nbd_pwrite (c->nbd, bytes, count, offset, flags);
    prompt_enter (L);
    return push_nothing (L, r);
}

const struct method client_methods[] = {
    ROW (is_read_only, yes),
    ROW (is_rotational, yes),
    ROW (can_flush, yes),
    ROW (can_fua, yes),
    ROW (can_trim, yes),
    ROW (can_zero, yes),
    ROW (can_fast_zero, yes),
    ROW (can_df, yes),
    ROW (can_multi_conn, yes),
    ROW (can_cache, yes),
    ROW (can_meta_context, yes_of_text),
    ROW (get_size, number_long),
    ROW (get_block_size, number_of_kind),
    ROW (get_protocol, constant),
    ROW (get_canonical_export_name, text),
    ROW (get_export_description, text),
    ROW (get_structured_replies_negotiated, yes),
    ROW (get_tls_negotiated, yes),
    ROW (get_uri, text),
    ROW (connection_state, constant),

    ROW (set_debug, act_switch),
    ROW (get_debug, yes),
    ROW (set_handle_name, act_text),
    ROW (get_handle_name, text),
    ROW (set_export_name, act_text),
    ROW (get_export_name, text),
    ROW (set_full_info, act_switch),
    ROW (get_full_info, yes),
    ROW (set_request_block_size, act_switch),
    ROW (get_request_block_size, yes),
    ROW (set_request_structured_replies, act_switch),
    ROW (get_request_structured_replies, yes),
    ROW (set_handshake_flags, act_flags),
    ROW (get_handshake_flags, number_unsigned),
    ROW (set_strict_mode, act_flags),
    ROW (get_strict_mode, number_unsigned),
    ROW (set_pread_initialize, act_switch),
    ROW (get_pread_initialize, yes),
    ROW (set_opt_mode, act_switch),
    ROW (get_opt_mode, yes),
    ROW (set_uri_allow_transports, act_flags),
    ROW (set_uri_allow_tls, act_number),
    ROW (set_uri_allow_local_file, act_switch),
    ROW (set_tls, act_number),
    ROW (get_tls, number),
    ROW (set_tls_certificates, act_text),
    ROW (set_tls_verify_peer, act_switch),
    ROW (get_tls_verify_peer, yes),
    ROW (set_tls_username, act_text),
    ROW (get_tls_username, text),
    ROW (set_tls_psk_file, act_text),
    ROW (supports_tls, yes),
    ROW (supports_uri, yes),
    ROW (add_meta_context, act_text),
    ROW (clear_meta_contexts, act),
    ROW (get_nr_meta_contexts, number_long),
    ROW (get_meta_context, text_of_number),

    ROW (connect_uri, act_text),
    ROW (connect_unix, act_text),
    ROW (connect_tcp, act_two_texts),
    ROW (connect_vsock, act_two_numbers),
    ROW (connect_socket, act_number),
    ROW (opt_go, act),
    ROW (opt_info, act),
    ROW (opt_abort, act),

    { "pread", client_pread, NULL },
    { "pwrite", client_pwrite, NULL },
    ROW (flush, act_flags),
    ROW (trim, act_range),
    ROW (zero, act_range),
    ROW (cache, act_range),
    ROW (shutdown, act_flags),

    ROW (poll, act_number),
    ROW (aio_connect_uri, act_text),
    ROW (aio_connect_unix, act_text),
    ROW (aio_connect_tcp, act_two_texts),
    ROW (aio_opt_abort, act),
    ROW (aio_disconnect, act_flags),
    ROW (aio_get_fd, number),
    ROW (aio_get_direction, number_unsigned),
    ROW (aio_notify_read, act),
    ROW (aio_notify_write, act),
    ROW (aio_is_created, yes),
    ROW (aio_is_connecting, yes),
    ROW (aio_is_negotiating, yes),
    ROW (aio_is_ready, yes),
    ROW (aio_is_processing, yes),
    ROW (aio_is_dead, yes),
    ROW (aio_is_closed, yes),
    ROW (aio_in_flight, number),
    ROW (aio_peek_command_completed, number_long),

#ifdef LIBNBD_HAVE_NBD_SET_REQUEST_EXTENDED_HEADERS
    ROW (set_request_extended_headers, act_switch),
    ROW (get_request_extended_headers, yes),
    ROW (get_extended_headers_negotiated, yes),
    ROW (opt_extended_headers, yes),
#endif
#ifdef LIBNBD_HAVE_NBD_SET_REQUEST_META_CONTEXT
    ROW (set_request_meta_context, act_switch),
    ROW (get_request_meta_context, yes),
#endif
#ifdef LIBNBD_HAVE_NBD_OPT_STARTTLS
    ROW (opt_starttls, yes),
    ROW (opt_structured_reply, yes),
#endif
    { NULL, NULL, NULL },
};
#endif
