#include "quote.h"

#include "utf8.h"

#include <stdint.h>
#include <string.h>

#ifdef __GLIBC__
#include <wctype.h>
#else
#include "quote_table.h"
#endif

/*
 * Where the quoted name goes: runs of bytes that stand for themselves are handed on in one piece.
 */
struct output {
	quote_put_fn *put;
	void *ctx;
	const char *run; /* bytes of the name that wait to be handed on */
	size_t run_len;
};

static void flush_run(struct output *out)
{
	if (out->run_len > 0)
		out->put(out->ctx, out->run, out->run_len);
	out->run_len = 0;
}

/* LEN bytes of the name itself. */
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

static void put_escape(struct output *out, unsigned char byte)
{
	static const char letters[] = "abtnvfr"; /* for 7 to 13 */
	char text[4] = {'\\'};

	flush_run(out);
	if (7 <= byte && byte <= 13) {
		text[1] = letters[byte - 7];
		out->put(out->ctx, text, 2);
		return;
	}
	text[1] = (char)('0' + (byte >> 6));
	text[2] = (char)('0' + (byte >> 3 & 7));
	text[3] = (char)('0' + (byte & 7));
	out->put(out->ctx, text, 4);
}

static bool is_printable(uint32_t c)
{
#ifdef __GLIBC__
	return iswprint((wint_t)c) != 0;
#else
	return quote_table_has(c);
#endif
}

/*
 * The length of the printable character at S, or 0 if the byte there is to be escaped. In UTF-8 the
 * bytes after that one are looked at on their own; each of a character that is not printable fails.
 */
static size_t printable(bool utf8, const char *s)
{
	unsigned char first = (unsigned char)*s;
	uint32_t c;
	size_t len;

	if (first < 0x80)
		return 0x20 <= first && first < 0x7f;
	if (!utf8)
		return 0;
	len = utf8_decode(s, &c);
	return len > 0 && is_printable(c) ? len : 0;
}

static bool is_alnum(char c)
{
	return ('0' <= c && c <= '9') || ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z');
}

/*
 * Whether NAME can stand between double quotes: it has a single quote, and nothing that a shell
 * would read there. GNU's set is smaller than it could be; it is kept.
 */
static bool fits_double_quotes(bool utf8, const char *name)
{
	if (strchr(name, '\'') == NULL)
		return false;
	for (const char *s = name; *s != '\0';) {
		size_t len = printable(utf8, s);
		if (len == 0)
			return false;
		if (len == 1 && !is_alnum(*s) && strchr("%+,-./:]_@ '", *s) == NULL &&
			!(s == name && (*s == '#' || *s == '~')))
			return false;
		s += len;
	}
	return true;
}

static bool is_plain(bool utf8, const char *name)
{
	if (*name == '\0' || *name == '#' || *name == '~')
		return false;
	if ((*name == '{' || *name == '}') && name[1] == '\0')
		return false;
	for (const char *s = name; *s != '\0';) {
		size_t len = printable(utf8, s);
		if (len == 0 || (len == 1 && strchr(" !\"$&'()*:;<=>?[\\^|`", *s) != NULL))
			return false;
		s += len;
	}
	return true;
}

/* Between single quotes, and what is not printable between $' and '. */
static void quote_for_shell(struct output *out, bool utf8, const char *name)
{
	bool in_escapes = false;

	put_string(out, "'");
	for (const char *s = name; *s != '\0';) {
		size_t len = printable(utf8, s);
		if (*s == '\'') {
			/* Closes either kind of quote, and opens a plain one. */
			put_string(out, "'\\''");
			in_escapes = false;
		} else if (len == 0) {
			if (!in_escapes)
				put_string(out, "'$'");
			in_escapes = true;
			put_escape(out, (unsigned char)*s);
			len = 1;
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

static void quote_for_people(struct output *out, bool utf8, const char *name)
{
	const char *right = utf8 ? "\xe2\x80\x99" : "'";
	size_t right_len = strlen(right);

	put_string(out, utf8 ? "\xe2\x80\x98" : "'");
	for (const char *s = name; *s != '\0';) {
		size_t len = printable(utf8, s);
		if (len == 0) {
			put_escape(out, (unsigned char)*s++);
			continue;
		}
		if (*s == '\\' || strncmp(s, right, right_len) == 0)
			put_string(out, "\\");
		put_bytes(out, s, len);
		s += len;
	}
	put_string(out, right);
}

/* The length of NAME if it is as most are: ASCII that can stand between single quotes. Else 0. */
static size_t simple_length(const char *name)
{
	const char *s = name;

	while (0x20 <= *s && *s < 0x7f && *s != '\'')
		s++;
	return *s == '\0' ? (size_t)(s - name) : 0;
}

void quote(enum quote_style style, bool utf8, const char *name, quote_put_fn *put, void *ctx)
{
	struct output out = {.put = put, .ctx = ctx};
	size_t simple = style == QUOTE_ALWAYS ? simple_length(name) : 0;

	if (simple > 0) {
		put(ctx, "'", 1);
		put(ctx, name, simple);
		put(ctx, "'", 1);
		return;
	}

	if (style == QUOTE_WORDS) {
		quote_for_people(&out, utf8, name);
	} else if (style == QUOTE_IF_NEEDED && is_plain(utf8, name)) {
		put_bytes(&out, name, strlen(name));
	} else if (fits_double_quotes(utf8, name)) {
		put_string(&out, "\"");
		put_bytes(&out, name, strlen(name));
		put_string(&out, "\"");
	} else {
		quote_for_shell(&out, utf8, name);
	}
	flush_run(&out);
}

bool quote_needs_locale(enum quote_style style, const char *name)
{
	if (style == QUOTE_WORDS)
		return true;
	for (; *name != '\0'; name++)
		if ((unsigned char)*name >= 0x80)
			return true;
	return false;
}
