# SPDX-License-Identifier: BSD-3-Clause

PODS += $(wildcard $(srcdir)/docs/*.pod)
EXTRA_DIST += $(wildcard $(srcdir)/docs/*.*)
