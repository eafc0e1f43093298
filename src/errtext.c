/* SPDX-License-Identifier: MIT */
#include "errtext.h"

#include <errno.h>
#include <string.h>

#ifdef __GLIBC__

const char *errtext(int err)
{
	return strerror(err);
}

#else

#include "errtext_table.h"

#include <stdint.h>

static const char *find(int err)
{
#define NUMBER(err, text) err,
	static const uint16_t numbers[] = {ERRTEXT_TABLE(NUMBER)};
#define TEXT(err, text)   text "\0"
	static const char texts[] = ERRTEXT_TABLE(TEXT);
	const char *text = texts;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (numbers[i] == err)
			return text;
		text += strlen(text) + 1;
	}
	return NULL;
}

const char *errtext(int err)
{
	static _Thread_local char unknown[sizeof("Unknown error 2147483647")];
	const char *known = find(err);
	char *end = unknown + sizeof(unknown);

	if (known != NULL)
		return known;
	/* A FUSE server may return any number as an error. */
	*--end = '\0';
	do
		*--end = (char)('0' + err % 10);
	while ((err /= 10) > 0);
	end -= strlen("Unknown error ");
	return memcpy(end, "Unknown error ", strlen("Unknown error "));
}

#endif
