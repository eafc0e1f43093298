/* SPDX-License-Identifier: MIT */
/* What tests do before a call of the program, or instead: `act` of struct fault. */
#ifndef TESTS_FAULT_ACTS_H
#define TESTS_FAULT_ACTS_H

#include "fault.h"

/*
 * For GETDENTS: read the entries for the program, and report each as of type DT_UNKNOWN, or each
 * directory as DT_REG.
 */
long act_hide_types(struct fault_test *t, const struct filter_call *call);
long act_call_dirs_files(struct fault_test *t, const struct filter_call *call);

/* For CHANGE: success without a change. For FSTATFS: the file system is NFS. */
long act_claim(struct fault_test *t, const struct filter_call *call);
long act_pretend_network(struct fault_test *t, const struct filter_call *call);

/* Make the file d/v, or the directory d/v with a file f; remove d/v. The call goes on. */
long act_make_file(struct fault_test *t, const struct filter_call *call);
long act_make_dir(struct fault_test *t, const struct filter_call *call);
long act_remove(struct fault_test *t, const struct filter_call *call);

/* Exchanges d/s and x. The call goes on. */
long act_exchange(struct fault_test *t, const struct filter_call *call);

#endif
