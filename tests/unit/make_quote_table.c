/*
 * Prints src/quote_table.h: where iswprint(3) of this machine's glibc changes its answer, in UTF-8.
 * Not part of any build: run it when glibc takes up a new Unicode.
 */
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <wctype.h>

int main(void)
{
	int count = 0, before = 0;

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 1;
	puts("/*\n"
	     " * The characters that glibc calls printable (iswprint(3) in a UTF-8 locale), for C\n"
	     " * libraries that have no such table. Made by tests/unit/make_quote_table.c with "
	     "glibc 2.36\n"
	     " * (Unicode 15); a unit test compares it with the machine's.\n"
	     " */\n"
	     "#ifndef QUOTE_TABLE_H\n"
	     "#define QUOTE_TABLE_H\n\n"
	     "#include <stdbool.h>\n"
	     "#include <stddef.h>\n"
	     "#include <stdint.h>\n\n"
	     "/* The first printable character from 0x80 up, the first after it that is not, and "
	     "so on. */\n"
	     "/* clang-format off */\n"
	     "static const uint32_t quote_table[] = {");
	for (uint32_t c = 0x80; c <= 0x110000; c++) {
		int now = c < 0x110000 && iswprint((wint_t)c);
		if (now != before)
			printf("%s0x%x,%s", count % 10 == 0 ? "\t" : " ", (unsigned)c,
				count % 10 == 9 ? "\n" : "");
		count += now != before;
		before = now;
	}
	puts("\n};\n"
	     "/* clang-format on */\n\n"
	     "/* Whether CHARACTER, 0x80 or above, is printable. */\n"
	     "static inline bool quote_table_has(uint32_t character)\n"
	     "{\n"
	     "\tsize_t low = 0, high = sizeof(quote_table) / sizeof(quote_table[0]);\n\n"
	     "\twhile (low < high) {\n"
	     "\t\tsize_t middle = low + (high - low) / 2;\n"
	     "\t\tif (quote_table[middle] <= character)\n"
	     "\t\t\tlow = middle + 1;\n"
	     "\t\telse\n"
	     "\t\t\thigh = middle;\n"
	     "\t}\n"
	     "\treturn low % 2 == 1;\n"
	     "}\n\n"
	     "#endif");
	return 0;
}
