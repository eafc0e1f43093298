/* SPDX-License-Identifier: MIT */
#include "compare.h"

#include "edge.h"
#include "meaning.h"
#include "modespec.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { SHOWN = 400, RULES = 4000 };

/* The current comparison. */
struct comparison {
	const char *name; /* of what is compared, to be shown */
	const struct compare_how *how;
	char *why;
	size_t size;
};

char *compare_shown(const char *spec, char *text, size_t size)
{
	size_t used = 0;

	for (; *spec != '\0' && used + 8 < size; spec++)
		used += (size_t)snprintf(text + used, size - used,
			' ' <= *spec && *spec <= '~' ? "%c" : "\\%03o", (unsigned char)*spec);
	snprintf(text + used, size - used, "%s", *spec != '\0' ? "..." : "");
	return text;
}

/* Notes a difference and the rules that decide. Returns false, for the caller to return. */
__attribute__((format(printf, 3, 4))) static bool differ(
	const struct comparison *c, model_rules rules, const char *format, ...)
{
	char text[SHOWN], by[RULES];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(c->why, c->size, "\"%s\"%s%s", c->name, text,
		model_rules_text(rules, by, sizeof(by)));
	return false;
}

static const char *type_name(mode_t type)
{
	switch (type) {
	case S_IFDIR: return "directory";
	case S_IFREG: return "file";
	case S_IFIFO: return "fifo";
	case S_IFLNK: return "link";
	case S_IFSOCK: return "socket";
	case S_IFBLK: return "block device";
	case S_IFCHR: return "character device";
	default: return "file of no type";
	}
}

/* The rules that decided the bits of DIFFERENT. */
static model_rules rules_of(const struct model_result *result, mode_t different)
{
	model_rules rules = 0;

	for (int b = 0; b < MODEL_BITS; b++)
		if (different >> b & 1)
			rules |= result->rules[b];
	return rules;
}

static bool compare_modes(const struct comparison *c, const struct modespec *m, mode_t type,
	mode_t umask, const struct model_result *result)
{
	size_t count = c->how->modes != NULL ? c->how->mode_count : MODEL_MODES;
	uint16_t all[MODEL_MODES];

	if (c->how->modes == NULL)
		model_all_modes(result, all);
	for (size_t i = 0; i < count; i++) {
		mode_t old = c->how->modes != NULL ? c->how->modes[i] : (mode_t)i;
		mode_t expected = c->how->modes != NULL ? model_mode(result, old) : all[i];
		mode_t got = modespec_apply(m, type | old, umask);

		if (got != expected)
			return differ(c, rules_of(result, got ^ expected),
				" on %04o (%s), umask %03o: %04o, by the rules %04o", (unsigned)old,
				type_name(type), (unsigned)umask, (unsigned)got,
				(unsigned)expected);
	}
	return true;
}

static bool compare_absolute(const struct comparison *c, const struct modespec *m, mode_t type,
	mode_t umask, const struct model_result *result)
{
	const mode_t untouched = 0123456;
	mode_t got = untouched, expected = untouched;
	bool is = modespec_is_absolute(m, type, umask, &got);
	bool should = model_is_absolute(result, &expected);

	if (is != should || got != expected)
		return differ(c, rules_of(result, MODEL_MODES - 1) | MODEL_RULE(R28),
			" absolute for a %s, umask %03o: %d, %04o, by the rules %d, %04o "
			"(%o: untouched)",
			type_name(type), (unsigned)umask, is, (unsigned)got, should,
			(unsigned)expected, (unsigned)untouched);
	return true;
}

static bool asks_absolute(const struct compare_how *how, size_t type, size_t umask)
{
	return how->absolute == ABSOLUTE_ALWAYS ||
	       (how->absolute == ABSOLUTE_ONCE && type == 0 && umask == 0);
}

/* Compares what depends on file and umask. SPEC is NULL if *M was made from the mode BITS. */
static bool compare_results(const struct comparison *c, const struct modespec *m,
	const struct model_spec *spec, mode_t bits)
{
	for (size_t t = 0; t < c->how->type_count; t++) {
		for (size_t u = 0; u < c->how->umask_count; u++) {
			mode_t type = c->how->types[t], umask = c->how->umasks[u];
			struct model_where where = {type == S_IFDIR, umask};
			struct model_result result;

			if (spec != NULL)
				model_apply(spec, where, &result);
			else
				model_apply_mode(bits, &result);
			if (!compare_modes(c, m, type, umask, &result))
				return false;
			if (asks_absolute(c->how, t, u) &&
				!compare_absolute(c, m, type, umask, &result))
				return false;
		}
	}
	return true;
}

static bool compare_answers(const struct comparison *c, const struct modespec *m, bool uses_umask,
	bool concerns_dirs, bool concerns_others)
{
	if (modespec_uses_umask(m) != uses_umask)
		return differ(c, MODEL_RULE(R26), " uses the umask: by the rules %d", uses_umask);
	for (size_t t = 0; t < c->how->type_count; t++) {
		mode_t type = c->how->types[t];
		bool concerns = type == S_IFDIR ? concerns_dirs : concerns_others;

		if (modespec_affects(m, type) != concerns ||
			modespec_affects(m, type | 07777) != concerns)
			return differ(c, MODEL_RULE(R27), " concerns a %s: by the rules %d",
				type_name(type), concerns);
	}
	return true;
}

/* The rules that say what may come at AT. */
static model_rules rules_at(const char *spec, size_t at)
{
	struct model_reader r;

	model_reader_init(&r, NULL);
	for (size_t i = 0; i < at; i++)
		if (!model_take(&r, spec + i))
			break;
	return model_rules_here(&r);
}

static bool compare_refusal(const struct comparison *c, const char *spec, size_t expected)
{
	struct modespec m;
	size_t at = (size_t)-1;
	int err = modespec_compile(&m, spec, &at);

	if (err == 0) {
		modespec_free(&m);
		return differ(c, rules_at(spec, expected), ": taken, by the rules wrong at %zu",
			expected);
	}
	if (err != -EINVAL || at != expected)
		return differ(c, rules_at(spec, at < expected ? at : expected),
			": %d at %zu, by the rules %d at %zu", err, at, -EINVAL, expected);
	if (modespec_compile(&m, spec, NULL) != err)
		return differ(c, 0, ": another result without RETERR_AT");
	return true;
}

enum compare_kind compare_spec(
	const char *spec, const struct compare_how *how, char *why, size_t size)
{
	char name[SHOWN];
	struct comparison c = {compare_shown(spec, name, sizeof(name)), how, why, size};
	struct model_spec model;
	struct modespec m;
	size_t expected, at = (size_t)-1;
	bool same;
	int err;

	spec = edge_copy(EDGE_SPEC, spec);
	if (!model_read(&model, spec, &expected))
		return compare_refusal(&c, spec, expected) ? COMPARE_INVALID : COMPARE_DIFFERS;
	err = modespec_compile(&m, spec, &at);
	if (err != 0) {
		same = differ(&c, rules_at(spec, at), ": %d at %zu, valid by the rules", err, at);
	} else {
		same = compare_answers(&c, &m, model_uses_umask(&model),
			       model_concerns(&model, true), model_concerns(&model, false)) &&
		       compare_results(&c, &m, &model, 0);
		modespec_free(&m);
	}
	model_spec_free(&model);
	return same ? COMPARE_VALID : COMPARE_DIFFERS;
}

enum compare_kind compare_mode(mode_t bits, const struct compare_how *how, char *why, size_t size)
{
	char name[32];
	struct comparison c = {name, how, why, size};
	struct modespec m;
	bool same;

	snprintf(name, sizeof(name), "mode %o of a file", (unsigned)bits);
	modespec_from_mode(&m, bits);
	same = compare_answers(&c, &m, false, true, true) && compare_results(&c, &m, NULL, bits);
	modespec_free(&m);
	return same ? COMPARE_VALID : COMPARE_DIFFERS;
}
