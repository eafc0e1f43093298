/* SPDX-License-Identifier: MIT */
#include "quote.h"

#include <string.h>

/* The output, in which consecutive bytes of the name are collected to be passed on in one piece. */
struct output {
	quote_put_fn *put;
	void *ctx;
	const char *run; /* bytes of the name that have not been passed on yet */
	size_t run_len;
};

static void flush_run(struct output *out)
{
	if (out->run_len > 0)
		out->put(out->ctx, out->run, out->run_len);
	out->run_len = 0;
}

/* Puts LEN bytes of the name itself. */
static void put_bytes(struct output *out, const char *bytes, size_t len)
{
	if (out->run_len == 0)
		out->run = bytes;
	out->run_len += len;
}

static void put_string(struct output *out, const char *s)
{
	flush_run(out);
	out->put(out->ctx, s, strlen(s));
}

/* Puts a character of LEN bytes as escapes: \n and the like, or octal for each byte. */
static void put_escapes(struct output *out, const char *bytes, size_t len)
{
	static const char letters[] = "abtnvfr"; /* for 7 to 13 */

	flush_run(out);
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)bytes[i];
		char text[4] = {'\\'};

		if (len == 1 && 7 <= byte && byte <= 13) {
			text[1] = letters[byte - 7];
			out->put(out->ctx, text, 2);
			return;
		}
		text[1] = (char)('0' + (byte >> 6));
		text[2] = (char)('0' + (byte >> 3 & 7));
		text[3] = (char)('0' + (byte & 7));
		out->put(out->ctx, text, 4);
	}
}

/* Whether the character at S is printable, with its length in *RET_LEN. */
static bool is_printable(const struct charset *charset, const char *s, size_t *ret_len)
{
	unsigned char first = (unsigned char)*s;
	uint32_t c;

	*ret_len = 1;
	if (first < 0x80)
		return 0x20 <= first && first < 0x7f;
	*ret_len = charset->decode(s, &c);
	return c != CHARSET_NONE && charset->is_printable(c);
}

static bool is_alnum(char c)
{
	return ('0' <= c && c <= '9') || ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z');
}

/*
 * Whether NAME is to be put between double quotes: it has a single quote, and otherwise only
 * characters that have no meaning there. More would be safe; the set is GNU's.
 */
static bool fits_double_quotes(const struct charset *charset, const char *name)
{
	if (strchr(name, '\'') == NULL)
		return false;
	for (const char *s = name; *s != '\0';) {
		size_t len;
		if (!is_printable(charset, s, &len))
			return false;
		if ((unsigned char)*s < 0x80 && !is_alnum(*s) &&
			strchr("%+,-./:]_@ '", *s) == NULL &&
			!(s == name && (*s == '#' || *s == '~')))
			return false;
		s += len;
	}
	return true;
}

/* Whether a shell reads NAME as one word, the same as it is, without quotes. */
static bool is_plain(const struct charset *charset, const char *name)
{
	if (*name == '\0' || *name == '#' || *name == '~')
		return false;
	if ((*name == '{' || *name == '}') && name[1] == '\0')
		return false;
	for (const char *s = name; *s != '\0';) {
		size_t len;
		if (!is_printable(charset, s, &len) || strchr(" !\"$&'()*:;<=>?[\\^|`", *s) != NULL)
			return false;
		/*
		 * In some charsets (GB 18030, Big5) a later byte of a character may be one of
		 * these, and a shell that reads bytes would take it for itself.
		 */
		for (const char *end = s + len; ++s < end;)
			if (strchr("[\\^`|", *s) != NULL)
				return false;
	}
	return true;
}

/* Puts NAME between single quotes, and escapes between $' and '. */
static void quote_for_shell(struct output *out, const struct charset *charset, const char *name)
{
	bool in_escapes = false;

	put_string(out, "'");
	for (const char *s = name; *s != '\0';) {
		size_t len;
		bool printable = is_printable(charset, s, &len);
		if (*s == '\'') {
			/* This closes the quote of either kind and opens a plain one. */
			put_string(out, "'\\''");
			in_escapes = false;
		} else if (!printable) {
			if (!in_escapes)
				put_string(out, "'$'");
			in_escapes = true;
			put_escapes(out, s, len);
		} else {
			if (in_escapes)
				put_string(out, "''");
			in_escapes = false;
			put_bytes(out, s, len);
		}
		s += len;
	}
	put_string(out, "'");
}

static void quote_locale(struct output *out, const struct charset *charset, const char *name)
{
	const char *right = charset->right_quote;
	size_t right_len = strlen(right);

	put_string(out, charset->left_quote);
	for (const char *s = name; *s != '\0';) {
		size_t len;
		if (is_printable(charset, s, &len)) {
			if (*s == '\\' || strncmp(s, right, right_len) == 0)
				put_string(out, "\\");
			put_bytes(out, s, len);
		} else {
			put_escapes(out, s, len);
		}
		s += len;
	}
	put_string(out, right);
}

/* The length of NAME if it is printable ASCII without a single quote, as most are; otherwise 0. */
static size_t simple_length(const char *name)
{
	const char *s = name;

	while (0x20 <= *s && *s < 0x7f && *s != '\'')
		s++;
	return *s == '\0' ? (size_t)(s - name) : 0;
}

void quote(enum quote_style style, const struct charset *charset, const char *name,
	quote_put_fn *put, void *ctx)
{
	struct output out = {.put = put, .ctx = ctx};
	size_t simple = style == QUOTE_SHELL_ALWAYS ? simple_length(name) : 0;

	if (simple > 0) {
		put(ctx, "'", 1);
		put(ctx, name, simple);
		put(ctx, "'", 1);
		return;
	}

	if (style == QUOTE_LOCALE) {
		quote_locale(&out, charset, name);
	} else if (style == QUOTE_SHELL && is_plain(charset, name)) {
		put_bytes(&out, name, strlen(name));
	} else if (fits_double_quotes(charset, name)) {
		put_string(&out, "\"");
		put_bytes(&out, name, strlen(name));
		put_string(&out, "\"");
	} else {
		quote_for_shell(&out, charset, name);
	}
	flush_run(&out);
}

bool quote_needs_locale(enum quote_style style, const char *name)
{
	if (style == QUOTE_LOCALE)
		return true;
	for (; *name != '\0'; name++)
		if ((unsigned char)*name >= 0x80)
			return true;
	return false;
}
