/* SPDX-License-Identifier: MIT */
#include "fault.h"

const struct fault_group fault_groups[] = {
	{"refused", fault_refused},
	{"errors", fault_errors},
	{"methods", fault_methods},
	{"proc", fault_proc},
	{"directories", fault_directories},
	{"filesystems", fault_filesystems},
	{"descriptors", fault_descriptors},
	{"memory", fault_memory},
	{"workers", fault_workers},
	{"streams", fault_streams},
	{"names", fault_names},
	{"fakeroot", fault_fakeroot},
	{"deep", fault_deep},
	{"ours", fault_ours},
	{"ours-first", fault_first},
	{"ours-files0", fault_files0},
	{"ours-beneath", fault_beneath},
	{"ours-mounts", fault_mounts},
	{"ours-progress", fault_progress},
	{NULL, NULL},
};
