/* SPDX-License-Identifier: MIT */
#include "modes0.h"

#include <stdint.h>
#include <string.h>

/* Parses the mode at the beginning of RECORD. Returns a pointer to the first byte after it. */
static const char *read_mode(const char *record, mode_t *ret)
{
	const char *p = record;

	*ret = 0;
	for (; *p >= '0' && *p <= '7' && p < record + MODES0_BEFORE_NAME; p++)
		*ret = *ret << 3 | (mode_t)(*p - '0');
	return p;
}

bool modes0_is_record(const char *record)
{
	enum { MOST = 0177777 }; /* the file type and the 12 mode bits */
	mode_t mode;
	const char *end = read_mode(record, &mode);

	return end > record && end < record + MODES0_BEFORE_NAME && mode <= MOST && *end == ' ' &&
	       end[1] != '\0';
}

char *modes0_name(char *record)
{
	mode_t mode;
	char *name = record + (read_mode(record, &mode) - record) + 1;
	uint16_t bits = mode & 07777;

	memcpy(name - sizeof(bits), &bits, sizeof(bits));
	return name;
}

mode_t modes0_mode(const char *name)
{
	uint16_t bits;

	memcpy(&bits, name - sizeof(bits), sizeof(bits));
	return bits;
}
