/* SPDX-License-Identifier: MIT */
#include "storage.h"

const struct fault_group fault_groups[] = {
	{"server", storage_server},
	{"positions", storage_positions},
	{"inodes", storage_inodes},
	{"automount", storage_automount},
	{"under-way", storage_under_way},
	{"weather", storage_weather},
	{"order", storage_order},
	{"storm", storage_storm},
	{NULL, NULL},
};
