/* SPDX-License-Identifier: MIT */
/* Converts modes to text and back. The functions are declared in modespec.h. */
#include "modespec.h"

#include <errno.h>

/*
 * The letter of each of the nine permission bits as ls(1) shows them. If a class has its set-ID or
 * sticky bit, another letter stands in the place of its x: one if x is set too, one if it is not.
 */
static const char plain[] = "rwxrwxrwx";
static const char with_x[] = "sst";
static const char without_x[] = "SST";

char *modespec_format(mode_t mode, char buf[10])
{
	for (int i = 0; i < 9; i++)
		buf[i] = (mode & (0400U >> i)) != 0 ? plain[i] : '-';
	for (int class = 0; class < 3; class ++) {
		char *x = &buf[class * 3 + 2];

		if ((mode & (04000U >> class)) != 0)
			*x = *x == 'x' ? with_x[class] : without_x[class];
	}
	buf[9] = '\0';
	return buf;
}

/*
 * Adds the bits that C means at place I of nine to *MODE. Returns false if it is not allowed there.
 */
static bool read_letter(char c, int i, mode_t *mode)
{
	mode_t bit = 0400U >> i, special = 04000U >> (i / 3);

	if (c == '-')
		return true;
	if (c == plain[i])
		*mode |= bit;
	else if (i % 3 == 2 && c == with_x[i / 3])
		*mode |= bit | special;
	else if (i % 3 == 2 && c == without_x[i / 3])
		*mode |= special;
	else
		return false;
	return true;
}

int modespec_read_format(mode_t *ret, const char *text, size_t *ret_err_offset)
{
	mode_t mode = 0;
	int i = 0;

	while (i < 9 && read_letter(text[i], i, &mode))
		i++;
	if (i < 9 || text[9] != '\0') {
		if (ret_err_offset != NULL)
			*ret_err_offset = (size_t)i;
		return -EINVAL;
	}
	*ret = mode;
	return 0;
}

char *modespec_symbolic(mode_t mode, char buf[21])
{
	char *p = buf;

	for (int class = 0; class < 3; class ++) {
		*p++ = "ugo"[class];
		*p++ = '=';
		for (int i = class * 3; i < class * 3 + 3; i++)
			if ((mode & (0400U >> i)) != 0)
				*p++ = plain[i];
		if ((mode & (04000U >> class)) != 0)
			*p++ = with_x[class];
		*p++ = class < 2 ? ',' : '\0';
	}
	return buf;
}

char *modespec_exact(mode_t mode, char buf[6])
{
	/* Four digits cannot clear a set-ID bit of a directory; see parse_octal() in modespec.c. */
	int digits = (mode & 06000) == 06000 ? 4 : 5;

	buf[digits] = '\0';
	for (mode_t rest = mode & 07777; digits > 0; rest >>= 3)
		buf[--digits] = (char)('0' + (rest & 7));
	return buf;
}
