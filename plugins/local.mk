# SPDX-License-Identifier: BSD-3-Clause
# Modules that one plugin is made of lie in a folder with its name, where Lua finds them.

pluginsdir = $(pkgdatadir)/plugins
dist_plugins_DATA = $(wildcard $(srcdir)/plugins/*.lua)
dataplugindir = $(pluginsdir)/data
dist_dataplugin_DATA = $(wildcard $(srcdir)/plugins/data/*.lua)
PODS += $(wildcard $(srcdir)/plugins/*.pod)
EXTRA_DIST += $(wildcard $(srcdir)/plugins/*.pod)
