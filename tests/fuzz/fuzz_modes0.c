/* SPDX-License-Identifier: MIT */
/*
 * The input may be a record of a list of modes. Whether it is one, its mode and its name must be
 * the same by the C library's strspn(3) and strtoul(3).
 */
#include "fuzz.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "modes0.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *record = fuzz_word(&data, data + size), *shown = fuzz_shown(record);
	size_t digits = strspn(record, "01234567");
	unsigned long mode = strtoul(record, NULL, 8);
	bool is_record = digits >= 1 && digits <= 7 && record[digits] == ' ' &&
			 record[digits + 1] != '\0' && (mode & ~0177777UL) == 0;
	const char *name;

	if (modes0_is_record(record) != is_record)
		fuzz_fail("%s: taken for %s", shown, is_record ? "none" : "a record");
	if (is_record) {
		name = modes0_name(record);
		if (name != record + digits + 1 || modes0_mode(name) != (mode & 07777))
			fuzz_fail("%s: %o, %s", shown, (unsigned)modes0_mode(name), name);
	}
	free(record);
	free(shown);
	return 0;
}
