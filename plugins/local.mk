# SPDX-License-Identifier: BSD-3-Clause

pluginsdir = $(pkgdatadir)/plugins
dist_plugins_DATA = $(wildcard $(srcdir)/plugins/*.lua)
PODS += $(wildcard $(srcdir)/plugins/*.pod)
EXTRA_DIST += $(wildcard $(srcdir)/plugins/*.pod)
