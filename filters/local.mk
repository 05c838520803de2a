# SPDX-License-Identifier: BSD-3-Clause

filtersdir = $(pkgdatadir)/filters
dist_filters_DATA = $(wildcard $(srcdir)/filters/*.lua)
PODS += $(wildcard $(srcdir)/filters/*.pod)
EXTRA_DIST += $(wildcard $(srcdir)/filters/*.pod)
