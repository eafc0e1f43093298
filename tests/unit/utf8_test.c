/* SPDX-License-Identifier: MIT */
/* utf8: compared with table 3-7 of The Unicode Standard, which says what is well-formed UTF-8. */
#include "utf8.h"

#include <stdbool.h>
#include <string.h>

#include "fence.h"
#include "rows.h"

struct range {
	unsigned char first, last;
};

/* The table without ASCII. Bytes that a sequence does not have are 0. */
static const struct well_formed {
	uint32_t first, last;
	struct range bytes[4];
} table[] = {
	{0x80, 0x7ff, {{0xc2, 0xdf}, {0x80, 0xbf}}},
	{0x800, 0xfff, {{0xe0, 0xe0}, {0xa0, 0xbf}, {0x80, 0xbf}}},
	{0x1000, 0xcfff, {{0xe1, 0xec}, {0x80, 0xbf}, {0x80, 0xbf}}},
	{0xd000, 0xd7ff, {{0xed, 0xed}, {0x80, 0x9f}, {0x80, 0xbf}}},
	{0xe000, 0xffff, {{0xee, 0xef}, {0x80, 0xbf}, {0x80, 0xbf}}},
	{0x10000, 0x3ffff, {{0xf0, 0xf0}, {0x90, 0xbf}, {0x80, 0xbf}, {0x80, 0xbf}}},
	{0x40000, 0xfffff, {{0xf1, 0xf3}, {0x80, 0xbf}, {0x80, 0xbf}, {0x80, 0xbf}}},
	{0x100000, 0x10ffff, {{0xf4, 0xf4}, {0x80, 0x8f}, {0x80, 0xbf}, {0x80, 0xbf}}},
};

/* The bytes of STRING for messages. */
static const char *in_hex(const char *string)
{
	static char text[64];
	char *at = text;

	*at = '\0';
	for (size_t i = 0; string[i] != '\0' && i < 8; i++)
		at += sprintf(at, "%02x ", (unsigned char)string[i]);
	return text;
}

/* Checks that there is a character C of LEN bytes at STRING, or none if LEN is 0. */
static void expect(const char *string, size_t len, uint32_t c)
{
	uint32_t got_c = ~c;
	size_t got = utf8_decode(string, &got_c);

	if (got != len || (len > 0 && got_c != c))
		row_wrong("%s: U+%04X of %zu bytes, expected U+%04X of %zu", in_hex(string), got_c,
			got, c, len);
}

/* The line of the table by which BYTES are well-formed, or NULL. */
static const struct well_formed *look_up(const unsigned char *bytes, size_t *ret_len)
{
	for (size_t i = 0; i < COUNT(table); i++) {
		const struct range *r = table[i].bytes;
		size_t len = 0;

		while (len < 4 && r[len].last > 0 && r[len].first <= bytes[len] &&
			bytes[len] <= r[len].last)
			len++;
		if (len == 4 || r[len].last == 0) {
			*ret_len = len;
			return &table[i];
		}
	}
	return NULL;
}

/*
 * All first bytes with all second ones, and those that matter in the third and fourth place.
 * Nothing past the NUL may be read, whatever length the first byte announces.
 */
static void test_all_sequences(void **state)
{
	static const unsigned char later[] = {0, 'z', 0x7f, 0x80, 0x95, 0xbf, 0xc0, 0xff};
	char *fence = fence_make();

	(void)state;
	for (size_t i = 0; i < 256 * 256 * COUNT(later) * COUNT(later); i++) {
		size_t pair = i / COUNT(later) / COUNT(later), len = 0;
		unsigned char bytes[] = {(unsigned char)(pair / 256), (unsigned char)pair,
			later[i / COUNT(later) % COUNT(later)], later[i % COUNT(later)], 0};
		const struct well_formed *line = look_up(bytes, &len);
		uint32_t c = 0;

		if (utf8_decode(fence_put(fence, (char *)bytes), &c) != len)
			row_wrong("%02x %02x %02x %02x: not %zu bytes", bytes[0], bytes[1],
				bytes[2], bytes[3], len);
		if (line != NULL && (c < line->first || c > line->last))
			row_wrong("%02x %02x %02x %02x: U+%04X", bytes[0], bytes[1], bytes[2],
				bytes[3], c);
	}
	fence_free(fence);
	rows_end();
}

/* Makes BYTES the next sequence of LINE. False after the last one. */
static bool count_on(const struct well_formed *line, unsigned char *bytes)
{
	for (size_t i = strlen((char *)bytes); i-- > 0;) {
		if (bytes[i]++ < line->bytes[i].last)
			return true;
		bytes[i] = line->bytes[i].first;
	}
	return false;
}

/* The sequences of the table, in order, are all characters in order. */
static void test_all_characters(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		unsigned char bytes[5] = {0};
		uint32_t c = table[i].first;

		for (size_t n = 0; n < 4; n++)
			bytes[n] = table[i].bytes[n].first;
		do
			expect((char *)bytes, strlen((char *)bytes), c++);
		while (count_on(&table[i], bytes));
		assert_int_equal(c, table[i].last + 1);
	}
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_sequences),
		cmocka_unit_test(test_all_characters),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
