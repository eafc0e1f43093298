/* SPDX-License-Identifier: MIT */
/*
 * Decides what follows from the request (struct apply) alone, before any file is seen.
 * Makes no system calls.
 */
#ifndef POLICY_H
#define POLICY_H

#include "apply.h"

#include <stdbool.h>

/* Sets the members nostat, nostat_mode, nostat_suits_dirs, by_name and opens_last of *A. */
void policy_prepare(struct apply *a);

/*
 * Whether the order matters in which a file is changed under several names: because the lines that
 * are printed show it, or because applying the spec twice is not the same as applying it once.
 */
bool policy_order_matters(const struct apply *a);

/* Whether the change may deny the caller access to a directory. */
bool policy_closes_directories(const struct apply *a);

#endif
