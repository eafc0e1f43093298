#include "storage.h"

const struct fault_group fault_groups[] = {
	{"positions", storage_positions},
	{NULL, NULL},
};
