/*
 * Prints src/charset_table.h: where iswprint(3) of this machine's glibc changes its answer, in
 * UTF-8. Not part of any build: run it when glibc takes up a new Unicode.
 */
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <wctype.h>

/* Prints VALUE as the COUNTth element of an array. */
static void element(int count, unsigned value)
{
	printf("%s0x%04x,%s", count % 10 == 0 ? "\t" : " ", value, count % 10 == 9 ? "\n" : "");
}

int main(void)
{
	int count = 0, before = 0, starts[18] = {0};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 1;
	puts("/*\n"
	     " * The characters that glibc calls printable (iswprint(3) in a UTF-8 locale), for C\n"
	     " * libraries that have no such table. Made by tests/unit/make_charset_table.c with "
	     "glibc\n"
	     " * 2.36; a unit test compares it with the machine's.\n"
	     " */\n"
	     "#ifndef CHARSET_TABLE_H\n"
	     "#define CHARSET_TABLE_H\n\n"
	     "#include <stdbool.h>\n"
	     "#include <stdint.h>\n\n"
	     "/*\n"
	     " * The low 16 bits of the first printable character from 0x80 up, of the first after "
	     "it that\n"
	     " * is not, and so on.\n"
	     " */\n"
	     "/* clang-format off */\n"
	     "static const uint16_t charset_table[] = {");
	for (uint32_t c = 0x80; c < 0x110000; c++) {
		int now = iswprint((wint_t)c) != 0;
		if (now != before)
			element(count++, c & 0xffff);
		before = now;
		if (c % 0x10000 == 0xffff)
			starts[c / 0x10000 + 1] = count;
	}
	puts("\n};\n"
	     "/* clang-format on */\n\n"
	     "/* Where the characters of each plane begin in it, and where those of the last end. "
	     "*/\n"
	     "static const uint16_t charset_planes[] = {");
	for (int i = 0; i < 18; i++)
		printf("%s%d%s", i == 0 ? "\t" : " ", starts[i], i == 17 ? "" : ",");
	puts("};\n\n"
	     "/* Whether CHARACTER, 0x80 to 0x10ffff, is printable. */\n"
	     "static inline bool charset_table_has(uint32_t character)\n"
	     "{\n"
	     "\tunsigned low = charset_planes[character >> 16];\n"
	     "\tunsigned high = charset_planes[(character >> 16) + 1];\n\n"
	     "\twhile (low < high) {\n"
	     "\t\tunsigned middle = low + (high - low) / 2;\n"
	     "\t\tif (charset_table[middle] <= (character & 0xffff))\n"
	     "\t\t\tlow = middle + 1;\n"
	     "\t\telse\n"
	     "\t\t\thigh = middle;\n"
	     "\t}\n"
	     "\treturn low % 2 == 1;\n"
	     "}\n\n"
	     "#endif");
	return 0;
}
