/* SPDX-License-Identifier: BSD-3-Clause */
/* helpers.c: the functions that nbdkit plugins call: which there are.
 *
 * They are written down in include/nbdkit-plugin.h; each group has a file.  A plugin finds them
 * by name in the program that loads it, so nothing in this program calls them, and the table is
 * what keeps them in it. */
#include "helpers.h"

#include <errno.h>

int helper_failed (const struct error *error) {
    nbdkit_error ("%s", error->text);
    errno = error->number;
    return -1;
}

struct host *helper_host (void) {
    const struct object *o = now_object ();

    return o ? o->plugin->host : NULL;
}

const char *helper_subject (const char *fallback) {
    const struct now *now = now_get ();

    return now && now->call && now->call->key ? now->call->key : fallback;
}

#define HELPER(name)                                                                           \
    { #name, (void (*)(void)) name }

const struct helper nbdkit_helpers[] = {
    HELPER (nbdkit_absolute_path),  HELPER (nbdkit_add_export),
    HELPER (nbdkit_add_extent),     HELPER (nbdkit_debug),
    HELPER (nbdkit_debug_hexdump),  HELPER (nbdkit_disconnect),
    HELPER (nbdkit_error),          HELPER (nbdkit_export_name),
    HELPER (nbdkit_exports_count),  HELPER (nbdkit_exports_free),
    HELPER (nbdkit_exports_new),    HELPER (nbdkit_extents_count),
    HELPER (nbdkit_extents_free),   HELPER (nbdkit_extents_new),
    HELPER (nbdkit_get_export),     HELPER (nbdkit_get_extent),
    HELPER (nbdkit_is_tls),         HELPER (nbdkit_nanosleep),
    HELPER (nbdkit_parse_bool),     HELPER (nbdkit_parse_delay),
    HELPER (nbdkit_parse_int),      HELPER (nbdkit_parse_int16_t),
    HELPER (nbdkit_parse_int32_t),  HELPER (nbdkit_parse_int64_t),
    HELPER (nbdkit_parse_int8_t),   HELPER (nbdkit_parse_probability),
    HELPER (nbdkit_parse_size),     HELPER (nbdkit_parse_uint16_t),
    HELPER (nbdkit_parse_uint32_t), HELPER (nbdkit_parse_uint64_t),
    HELPER (nbdkit_parse_uint8_t),  HELPER (nbdkit_parse_unsigned),
    HELPER (nbdkit_peer_gid),       HELPER (nbdkit_peer_name),
    HELPER (nbdkit_peer_pid),       HELPER (nbdkit_peer_security_context),
    HELPER (nbdkit_peer_tls_dn),    HELPER (nbdkit_peer_tls_issuer_dn),
    HELPER (nbdkit_peer_uid),       HELPER (nbdkit_printf_intern),
    HELPER (nbdkit_read_password),  HELPER (nbdkit_realpath),
    HELPER (nbdkit_set_error),      HELPER (nbdkit_shutdown),
    HELPER (nbdkit_stdio_safe),     HELPER (nbdkit_strdup_intern),
    HELPER (nbdkit_strndup_intern), HELPER (nbdkit_use_default_export),
    HELPER (nbdkit_vdebug),         HELPER (nbdkit_verror),
    HELPER (nbdkit_vprintf_intern), {0},
};
