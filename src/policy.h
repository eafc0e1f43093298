/* SPDX-License-Identifier: MIT */
/* What follows from what is asked for, before any file is seen. */
#ifndef POLICY_H
#define POLICY_H

#include "apply.h"

#include <stdbool.h>

/* Fills in the members from "nostat" to "opens_last" from the others. */
void policy_prepare(struct apply *a);

/*
 * Whether it shows in which order one file that has several names is changed by them: in the lines
 * that are printed, or because the spec applied twice is not the same as once.
 */
bool policy_order_matters(const struct apply *a);

/* Whether the caller may lose access to a directory by what is asked for. */
bool policy_closes_directories(const struct apply *a);

#endif
