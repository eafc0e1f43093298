/* SPDX-License-Identifier: MIT */
/* What tests do between two calls of the program: `act` of struct fault. All go on afterwards. */
#ifndef TESTS_FAULT_ACTS_H
#define TESTS_FAULT_ACTS_H

#include "fault.h"

/*
 * Read entries in the program's stead, and give each the type DT_UNKNOWN, or each directory DT_REG.
 * For GETDENTS.
 */
long act_hide_types(struct fault_test *t, const struct filter_call *call);
long act_call_dirs_files(struct fault_test *t, const struct filter_call *call);

/* Says that it was done, for CHANGE; and that the file system is a network's, for FSTATFS. */
long act_claim(struct fault_test *t, const struct filter_call *call);
long act_pretend_network(struct fault_test *t, const struct filter_call *call);

/* Makes the file d/v, or the directory d/v with a file f, or removes it. */
long act_make_file(struct fault_test *t, const struct filter_call *call);
long act_make_dir(struct fault_test *t, const struct filter_call *call);
long act_remove(struct fault_test *t, const struct filter_call *call);

/* Exchanges d/s and x. */
long act_exchange(struct fault_test *t, const struct filter_call *call);

#endif
