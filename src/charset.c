/* SPDX-License-Identifier: MIT */
#include "charset.h"

#include "utf8.h"

#ifdef __GLIBC__
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>
#else
#include "charset_table.h"
#endif

static size_t decode_ascii(const char *s, uint32_t *ret)
{
	unsigned char byte = (unsigned char)*s;

	*ret = byte < 0x80 ? byte : CHARSET_NONE;
	return 1;
}

static bool is_never_printable(uint32_t c)
{
	(void)c;
	return false;
}

static size_t decode_utf8(const char *s, uint32_t *ret)
{
	size_t len = utf8_decode(s, ret);

	return len > 0 ? len : decode_ascii(s, ret);
}

#ifdef __GLIBC__

/* In glibc a wchar_t is a Unicode character in every locale. */
static bool is_printable(uint32_t c)
{
	return iswprint((wint_t)c) != 0;
}

static size_t decode_by_locale(const char *s, uint32_t *ret)
{
	mbstate_t state = {0};
	wchar_t c;
	size_t len;

	if ((unsigned char)*s < 0x80)
		return decode_ascii(s, ret);
	len = mbrtowc(&c, s, strnlen(s, MB_CUR_MAX), &state);
	*ret = CHARSET_NONE;
	if (len == (size_t)-2)
		return strlen(s); /* a character that is cut off */
	if (len == (size_t)-1 || len == 0)
		return 1;
	*ret = (uint32_t)c;
	return len;
}

const struct charset charset_of_locale = {decode_by_locale, is_printable, "'", "'"};
const struct charset charset_gb18030 = {decode_by_locale, is_printable, "\xa1\xae", "\xa1\xaf"};

#else

static bool is_printable(uint32_t c)
{
	return charset_table_has(c);
}

#endif

const struct charset charset_c = {decode_ascii, is_never_printable, "'", "'"};
const struct charset charset_utf8 = {decode_utf8, is_printable, "\xe2\x80\x98", "\xe2\x80\x99"};
