/* SPDX-License-Identifier: BSD-3-Clause */
/* dump.c: what the program says of itself, for people's scripts.
 *
 * Started under the name nbdkit it names the version whose interface it has, since that
 * is what those who ask want to know. */
#include "dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "where.h"

#ifdef HAVE_SELINUX
#define SELINUX "yes"
#else
#define SELINUX "no"
#endif

static const char *version_of (const struct options *o) {
    return o->as_nbdkit ? NBDKIT_VERSION : PACKAGE_VERSION;
}

void dump_config (const struct options *o, const struct host *host) {
    char *program = where_program ();
    const char *version = version_of (o), *minor = strchr (version, '.');

    printf ("binary=%s\n", program ? program : "");
    printf ("bindir=%s\n", BINDIR);
    printf ("exit_with_parent=yes\n");
    printf ("filterdir=%s/filters\n", host->script_dir);
    printf ("host_cpu=%s\n", HOST_CPU);
    printf ("host_os=%s\n", HOST_OS);
    printf ("libdir=%s\n", LIBDIR);
    printf ("mandir=%s\n", MANDIR);
    printf ("max_api_version=2\n");
    printf ("name=%s\n", o->program);
    printf ("plugindir=%s/plugins\n", host->script_dir);
    printf ("root_tls_certificates_dir=%s/pki/%s\n", SYSCONFDIR, o->program);
    printf ("run_default_socket=Unix\n");
    printf ("sbindir=%s\n", SBINDIR);
    printf ("selinux=%s\n", SELINUX);
    printf ("soext=so\n");
    printf ("sysconfdir=%s\n", SYSCONFDIR);
    printf ("timeout_option=yes\n");
    printf ("tls=no\n");
    printf ("version=%s\n", version);
    if (o->as_nbdkit)
        printf ("version_extra=stele %s\n", PACKAGE_VERSION);
    printf ("version_major=%d\n", atoi (version));
    printf ("version_minor=%d\n", minor ? atoi (minor + 1) : 0);
    printf ("vsock_option=yes\n");
    printf ("zstd=yes\n");
    free (program);
}

/* A built-in has the program's version. */
static const char *plugin_version (const struct options *o, const struct plugin *p,
                                   const struct host *host) {
    bool built_in =
        !p->path || strncmp (p->path, host->script_dir, strlen (host->script_dir)) == 0;
    return p->version ? p->version : built_in ? version_of (o) : NULL;
}

void dump_version (const struct options *o, const struct plugin *chain,
                   const struct host *host) {
    printf ("%s %s\n", o->program, version_of (o));
    for (const struct plugin *p = chain; p; p = p->next) {
        const char *version = plugin_version (o, p, host);
        printf ("%s%s%s\n", p->name, version ? " " : "", version ? version : "");
    }
}
