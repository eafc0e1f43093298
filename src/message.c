/* SPDX-License-Identifier: MIT */
#include "message.h"

#include "errtext.h"
#include "modespec.h"

#include <string.h>
#include <unistd.h>

/* The value of a conversion. */
struct value {
	char conversion; /* the letter in the format */
	union {
		const char *string;
		unsigned long number;
	};
};

struct values {
	struct value list[MESSAGE_MAX_VALUES];
	size_t count;
	const struct value *tail; /* the last value if it is of %e or %a; otherwise NULL */
};

/* Appends the values of FORMAT's conversions to VALUES. */
static void take_values(struct values *values, const char *format, va_list *args)
{
	while (*(format += strcspn(format, "%")) != '\0') {
		struct value *value = &values->list[values->count++];

		value->conversion = format[1];
		switch (format[1]) {
		case 'o':
		case 'm': value->number = va_arg(*args, mode_t); break;
		case 'c':
		case 'e': value->number = (unsigned long)va_arg(*args, int); break;
		case 'u': value->number = va_arg(*args, unsigned long); break;
		default: value->string = va_arg(*args, const char *); break;
		}
		if (format[1] == 'e' || format[1] == 'a')
			values->tail = value;
		format += 2;
	}
}

/* -------------------------------------------------------------------------------------- values */

static void put_string(const struct message_output *out, const char *string)
{
	out->put(out->ctx, string, strlen(string));
}

/* Whether TEXT has control characters other than those in ALLOWED. */
static bool has_controls(const struct charset *charset, const char *text, const char *allowed)
{
	while (*text != '\0') {
		unsigned char byte = (unsigned char)*text;
		uint32_t c = byte;
		size_t len = byte < 0x80 ? 1 : charset->decode(text, &c);

		if (c == CHARSET_NONE)
			c = byte;
		if ((c < 0x20 && strchr(allowed, (int)c) == NULL) || (0x7f <= c && c < 0xa0))
			return true;
		text += len;
	}
	return false;
}

/* The catalog's translation of the quotation mark QUOTE, or OTHERWISE if it has none. */
static const char *find_quote(
	const struct message_output *out, const char *quote, const char *otherwise)
{
	const char *text = userlocale_translation(out->locale, USERLOCALE_GNU, quote);

	if (text == NULL || has_controls(userlocale_charset(out->locale), text, ""))
		return otherwise;
	return text;
}

static void put_words(const struct message_output *out, const char *words)
{
	struct charset charset = *userlocale_charset(out->locale);

	charset.left_quote = find_quote(out, "`", charset.left_quote);
	charset.right_quote = find_quote(out, "'", charset.right_quote);
	quote(QUOTE_LOCALE, &charset, words, out->put, out->ctx);
}

static void put_name(const struct message_output *out, enum quote_style style, const char *name)
{
	quote(style, quote_needs_locale(style, name) ? userlocale_charset(out->locale) : &charset_c,
		name, out->put, out->ctx);
}

/*
 * Puts part of the command line, unquoted as GNU does. It may come from the name of a file, by a
 * glob in the shell, so control characters for a terminal are replaced.
 */
static void put_typed(const struct message_output *out, const char *text)
{
	bool to_terminal = isatty(out->fd) == 1;

	while (*text != '\0') {
		unsigned char byte = (unsigned char)*text;
		uint32_t c;
		size_t len = charset_utf8.decode(text, &c);
		bool harmless =
			byte < 0x80 ? 0x20 <= byte && byte < 0x7f : c != CHARSET_NONE && c >= 0xa0;

		out->put(out->ctx, harmless || !to_terminal ? text : "?", harmless ? len : 1);
		text += harmless ? len : 1;
	}
}

/* Puts NUMBER in BASE, with leading zeros up to WIDTH digits. */
static void put_number(
	const struct message_output *out, unsigned long number, unsigned base, int width)
{
	char digits[24];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + number % base);
	while ((number /= base) > 0 || sizeof(digits) - at < (size_t)width);
	out->put(out->ctx, digits + at, sizeof(digits) - at);
}

static void put_value(const struct message_output *out, const struct value *value)
{
	char text[10];

	switch (value->conversion) {
	case 's':
	case 'a': put_string(out, value->string); break;
	case 'q': put_name(out, QUOTE_SHELL_ALWAYS, value->string); break;
	case 'n': put_name(out, QUOTE_SHELL, value->string); break;
	case 'w': put_words(out, value->string); break;
	case 't': put_typed(out, value->string); break;
	case 'u': put_number(out, value->number, 10, 1); break;
	case 'o': put_number(out, value->number & 07777, 8, 4); break;
	case 'm': put_string(out, modespec_format((mode_t)value->number, text)); break;
	case 'c':
		text[0] = (char)value->number;
		text[1] = '\0';
		put_typed(out, text);
		break;
	case 'e':
		put_string(out, ": ");
		put_string(out, errtext((int)value->number));
		break;
	}
}

static void put_english(
	const struct message_output *out, const char *format, const struct value *value)
{
	for (;;) {
		size_t len = strcspn(format, "%");
		if (len > 0)
			out->put(out->ctx, format, len);
		if (format[len] == '\0')
			return;
		put_value(out, value++);
		format += len + 2;
	}
}

/* -------------------------------------------------------------------------------- translations */

/* What the msgid has for a conversion of ours, without the percent sign; "" for nothing. */
static const char *gnu_conversion(char conversion)
{
	switch (conversion) {
	case 'o': return "04lo";
	case 'u': return "lu";
	case 'c': return "c";
	case 'e':
	case 'a': return "";
	default: return "s";
	}
}

/* Whether the msgid ends in a newline that is not in the format. */
static bool has_newline(enum message_kind kind, const struct values *values)
{
	/* The messages of getopt_long(3) do, except the one that a list follows (%a). */
	return kind == MESSAGE_LINE || (kind == MESSAGE_OPTION && values->tail == NULL);
}

/* Writes the msgid of FORMAT into ID, or an empty string if it does not fit. */
static void make_id(enum message_kind kind, const char *format, const struct values *values,
	char id[static MESSAGE_MAX_ID])
{
	static const char prefix[] = "%s: ", longest[] = "%04lo";
	bool has_room = sizeof(prefix) + strlen(format) + values->count * strlen(longest) + 1 <=
			MESSAGE_MAX_ID;
	char *end = id;

	*end = '\0';
	if (!has_room)
		return;
	if (kind == MESSAGE_OPTION)
		end = stpcpy(end, prefix);
	for (;;) {
		size_t len = strcspn(format, "%");
		const char *conversion;

		end = mempcpy(end, format, len);
		if (format[len] == '\0')
			break;
		conversion = gnu_conversion(format[len + 1]);
		if (*conversion != '\0')
			end = stpcpy(stpcpy(end, "%"), conversion);
		format += len + 2;
	}
	(void)stpcpy(end, has_newline(kind, values) ? "\n" : "");
}

/* The state of reading the conversions of a translation. */
struct reader {
	const struct values *values;
	size_t count;      /* conversions read so far */
	size_t n_numbered; /* those of them with a number, such as %2$s */
};

/*
 * Reads the conversion at *TEXT, which points to the byte after its percent sign, and advances
 * *TEXT. Returns the index of its value, or values->count if the msgid has no such conversion.
 */
static size_t read_conversion(struct reader *reader, const char **text)
{
	const struct values *values = reader->values;
	size_t index = reader->count++;
	const char *s = *text, *expected;

	/* One digit is enough, as there are at most MESSAGE_MAX_VALUES. */
	if ('1' <= s[0] && s[0] <= '9' && s[1] == '$') {
		index = (size_t)(s[0] - '1');
		reader->n_numbered++;
		s += 2;
	}
	if (index >= values->count || &values->list[index] == values->tail)
		return values->count;
	expected = gnu_conversion(values->list[index].conversion);
	if (strncmp(s, expected, strlen(expected)) != 0)
		return values->count;
	*text = s + strlen(expected);
	return index;
}

/* Whether the translation TEXT has exactly the conversions of VALUES, each once. */
static bool fits(const char *text, const struct values *values)
{
	struct reader reader = {.values = values};
	size_t wanted = values->count - (values->tail != NULL);
	unsigned seen = 0;

	while (*(text += strcspn(text, "%")) != '\0') {
		size_t index;

		if (*++text == '%') {
			text++;
			continue;
		}
		index = read_conversion(&reader, &text);
		if (index == values->count || (seen >> index & 1) != 0)
			return false;
		seen |= 1U << index;
	}
	return reader.count == wanted && (reader.n_numbered == 0 || reader.n_numbered == wanted);
}

/* Puts the translation TEXT up to END, for which fits() is true, with the values in it. */
static void put_translation(const struct message_output *out, const char *text, const char *end,
	const struct values *values)
{
	struct reader reader = {.values = values};

	while (text < end) {
		const char *percent = memchr(text, '%', (size_t)(end - text));
		size_t len = (size_t)((percent != NULL ? percent : end) - text);

		if (len > 0)
			out->put(out->ctx, text, len);
		text += len;
		if (percent == NULL)
			return;
		if (*++text == '%')
			out->put(out->ctx, text++, 1);
		else
			put_value(out, &values->list[read_conversion(&reader, &text)]);
	}
}

/*
 * Returns the translation of the message, and in *RET_END its end without a newline that is not in
 * the format. Returns NULL if there is none that can be used.
 */
static const char *find_translation(const struct message_output *out, enum message_kind kind,
	const char *format, const struct values *values, const char **ret_end)
{
	char id[MESSAGE_MAX_ID];
	const char *text;
	size_t len;

	if (kind == MESSAGE_OWN || out->locale->language == USERLOCALE_ENGLISH)
		return NULL;
	make_id(kind, format, values, id);
	/* The translation of an empty msgid is the header of the catalog. */
	if (*id == '\0')
		return NULL;
	text = userlocale_translation(
		out->locale, kind == MESSAGE_OPTION ? USERLOCALE_LIBC : USERLOCALE_GNU, id);
	if (text == NULL || !fits(text, values) ||
		has_controls(userlocale_charset(out->locale), text, "\n\t"))
		return NULL;
	len = strlen(text);
	if ((id[strlen(id) - 1] == '\n') != (text[len - 1] == '\n'))
		return NULL;
	*ret_end = text + len - has_newline(kind, values);
	return text;
}

void message_put(
	const struct message_output *out, enum message_kind kind, const char *format, va_list *args)
{
	struct values values = {.count = 0};
	size_t own; /* values of the msgid that are not in the format */
	const char *text, *end = NULL;

	if (kind == MESSAGE_OPTION)
		values.list[values.count++] = (struct value){'s', {out->program}};
	own = values.count;
	take_values(&values, format, args);
	text = find_translation(out, kind, format, &values, &end);
	if (kind == MESSAGE_ERROR || (kind == MESSAGE_OPTION && text == NULL)) {
		put_string(out, out->program);
		put_string(out, ": ");
	}
	if (text == NULL)
		put_english(out, format, values.list + own);
	else
		put_translation(out, text, end, &values);
	if (text != NULL && values.tail != NULL)
		put_value(out, values.tail);
	if (kind >= MESSAGE_LINE)
		put_string(out, "\n");
}
