/* SPDX-License-Identifier: BSD-3-Clause */
/* The twin in C, which other tests compile by themselves. */
#include "../object/native-thread-model.c"
