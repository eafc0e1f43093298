/* SPDX-License-Identifier: MIT */
/*
 * Prints src/charset_table.h: where iswprint(3) of this machine's glibc changes its answer, in
 * UTF-8. Not part of any build: run it when glibc takes up a new Unicode.
 */
#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <wctype.h>

/* Blocks of 0x1000 characters; from this one on, all characters are in one. */
enum { LAST_BLOCK = 0x20, BLOCKS = LAST_BLOCK + 1 };

static unsigned bytes;

static void byte(unsigned value)
{
	printf("%s0x%02x,%s", bytes % 12 == 0 ? "\t" : " ", value, bytes % 12 == 11 ? "\n" : "");
	bytes++;
}

/* STEP in groups of 7 bits, all but the last with the 8th bit set. */
static void number(uint32_t step)
{
	if (step >= 1 << 14)
		byte(0x80 | step >> 14);
	if (step >= 1 << 7)
		byte(0x80 | (step >> 7 & 0x7f));
	byte(step & 0x7f);
}

static bool is_printable(uint32_t c)
{
	return iswprint((wint_t)c) != 0;
}

int main(void)
{
	unsigned blocks[BLOCKS + 1] = {0};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 1;
	puts("/*\n"
	     " * The characters that glibc calls printable (iswprint(3) in a UTF-8 locale), for C\n"
	     " * libraries that have no such table. Made by tests/unit/make_charset_table.c with\n"
	     " * glibc 2.36; a unit test compares it with the machine's.\n"
	     " */\n"
	     "#ifndef CHARSET_TABLE_H\n"
	     "#define CHARSET_TABLE_H\n\n"
	     "#include <stdbool.h>\n"
	     "#include <stdint.h>\n\n"
	     "/*\n"
	     " * For each block of 0x1000 characters (the last has all the rest) how many\n"
	     " * characters, from its first on, are alike, how many that follow are not like "
	     "them,\n"
	     " * and so on to the last change: in groups of 7 bits, all but the last of a number\n"
	     " * with the 8th bit set.\n"
	     " */\n"
	     "/* clang-format off */\n"
	     "static const uint8_t charset_table[] = {");
	for (unsigned block = 0; block < BLOCKS; block++) {
		uint32_t at = block << 12, end = block < LAST_BLOCK ? at + 0x1000 : 0x110000;
		bool printable = is_printable(at);

		blocks[block] = bytes << 1 | printable;
		for (uint32_t c = at; c < end; c++) {
			if (is_printable(c) == printable)
				continue;
			number(c - at);
			at = c;
			printable = !printable;
		}
	}
	blocks[BLOCKS] = bytes << 1;
	puts("\n};\n\n"
	     "/* Where each block begins there, times 2, plus 1 if its first character is "
	     "printable. */\n"
	     "static const uint16_t charset_blocks[] = {");
	for (unsigned i = 0; i <= BLOCKS; i++)
		printf("%s%u,%s", i % 12 == 0 ? "\t" : " ", blocks[i], i % 12 == 11 ? "\n" : "");
	printf("\n};\n"
	       "/* clang-format on */\n\n"
	       "/* Whether CHARACTER, up to 0x10ffff, is printable. */\n"
	       "static inline bool charset_table_has(uint32_t character)\n"
	       "{\n"
	       "\tuint32_t block = character >> 12 < %d ? character >> 12 : %d, at = block << 12;\n"
	       "\tconst uint8_t *next = charset_table + (charset_blocks[block] >> 1);\n"
	       "\tconst uint8_t *end = charset_table + (charset_blocks[block + 1] >> 1);\n"
	       "\tbool printable = charset_blocks[block] & 1;\n\n"
	       "\twhile (next < end) {\n"
	       "\t\tuint32_t step = 0;\n\n"
	       "\t\tdo\n"
	       "\t\t\tstep = step << 7 | (*next & 0x7fU);\n"
	       "\t\twhile ((*next++ & 0x80) != 0);\n"
	       "\t\tat += step;\n"
	       "\t\tif (at > character)\n"
	       "\t\t\tbreak;\n"
	       "\t\tprintable = !printable;\n"
	       "\t}\n"
	       "\treturn printable;\n"
	       "}\n\n"
	       "#endif\n",
		LAST_BLOCK, LAST_BLOCK);
	return 0;
}
