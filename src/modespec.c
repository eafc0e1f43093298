#include "modespec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	ALL_BITS = 07777,
	SET_IDS = 06000,
	ANY_R = 0444,
	ANY_W = 0222,
	ANY_X = 0111,
	ANY_RWX = 0777,
};

/* What stands after an operator. */
enum {
	PERMS,        /* value: the bits */
	PERMS_WITH_X, /* the same with an X among the letters */
	COPY,         /* value: the class, 0700, 0070 or 0007 */
};

/* Which files an action is for. */
enum {
	ANY_TYPE,
	DIRECTORIES,
	OTHERS,
};

/* How far a spec is read, and how much of the caller's array is filled. */
struct parser {
	const char *at;
	struct modespec_action *next;
};

static bool is_op(char c)
{
	return c == '+' || c == '-' || c == '=';
}

static bool is_digit(char c)
{
	return '0' <= c && c <= '7';
}

/* The bits that a who letter stands for: sticky belongs to others, each set-ID bit to its class. */
static unsigned short who_bits(char c)
{
	switch (c) {
	case 'u': return 04700;
	case 'g': return 02070;
	case 'o': return 01007;
	case 'a': return ALL_BITS;
	default: return 0;
	}
}

/* The bits that a permission letter names in every class; X is left to modespec_apply(). */
static unsigned short perm_bits(char c)
{
	switch (c) {
	case 'r': return ANY_R;
	case 'w': return ANY_W;
	case 'x': return ANY_X;
	case 's': return SET_IDS;
	case 't': return 01000;
	default: return 0;
	}
}

static bool read_octal(struct parser *p, unsigned short *ret)
{
	unsigned value = 0;

	for (; is_digit(*p->at); p->at++) {
		unsigned more = value * 8 + (unsigned)(*p->at - '0');
		if (more > ALL_BITS)
			return false;
		value = more;
	}
	*ret = (unsigned short)value;
	return true;
}

/* A spec or the rest of a clause that starts with a digit: nothing but an octal number. */
static bool parse_octal(struct parser *p, char type)
{
	const char *start = p->at;
	unsigned short value;

	if (!read_octal(p, &value))
		return false;
	/* 5 digits or more can only be meant literally, so they name both set-ID bits. */
	*p->next++ = (struct modespec_action){
		.who = ALL_BITS,
		.value = value,
		.named = p->at - start < 5 ? value & SET_IDS : SET_IDS,
		.op = '=',
		.kind = PERMS,
		.type = type,
	};
	return true;
}

/* Reads what stands after an operator into *ACTION, which holds the who. */
static void parse_perms(struct parser *p, struct modespec_action *action)
{
	unsigned short copied = who_bits(*p->at) & ANY_RWX;

	if (copied != 0 && copied != ANY_RWX) {
		p->at++;
		action->kind = COPY;
		action->value = copied;
		return;
	}
	for (;; p->at++) {
		if (*p->at == 'X')
			action->kind = PERMS_WITH_X;
		else if (perm_bits(*p->at) != 0)
			action->value |= perm_bits(*p->at);
		else
			break;
	}
	action->named = action->value & SET_IDS & (action->who != 0 ? action->who : ALL_BITS);
}

/* One operator and its permissions. *RET_LAST: an octal was read, which ends the clause. */
static bool parse_action(struct parser *p, char type, unsigned short who, bool *ret_last)
{
	struct modespec_action action = {.who = who, .op = *p->at++, .kind = PERMS, .type = type};

	if (is_digit(*p->at) && who == 0) {
		if (!read_octal(p, &action.value))
			return false;
		action.who = ALL_BITS;
		action.named = SET_IDS;
		*ret_last = true;
	} else {
		parse_perms(p, &action);
	}
	*p->next++ = action;
	return true;
}

static bool parse_clause(struct parser *p)
{
	char type = *p->at == 'D' ? DIRECTORIES : *p->at == 'F' ? OTHERS : ANY_TYPE;
	unsigned short who = 0;
	bool last = false;

	if (type != ANY_TYPE && is_digit(*++p->at))
		return parse_octal(p, type);
	for (; who_bits(*p->at) != 0; p->at++)
		who |= who_bits(*p->at);
	if (!is_op(*p->at))
		return false;
	while (is_op(*p->at) && !last)
		if (!parse_action(p, type, who, &last))
			return false;
	return true;
}

static bool parse(struct parser *p)
{
	if (is_digit(*p->at))
		return parse_octal(p, ANY_TYPE) && *p->at == '\0';
	while (parse_clause(p)) {
		if (*p->at == '\0')
			return true;
		if (*p->at != ',')
			return false;
		p->at++;
	}
	return false;
}

/* At most so many actions can SPEC have: one for each operator, and for each octal on its own. */
static size_t count_actions(const char *spec)
{
	size_t count = is_digit(*spec);

	for (; *spec != '\0'; spec++)
		count += is_op(*spec) || ((*spec == 'D' || *spec == 'F') && is_digit(spec[1]));
	return count;
}

int modespec_compile(struct modespec *ret, const char *spec, size_t *ret_err_offset)
{
	size_t count = count_actions(spec);
	struct modespec_action first[sizeof(ret->first) / sizeof(ret->first[0])] = {{0}};
	struct modespec_action *actions = first;

	if (count > sizeof(first) / sizeof(first[0])) {
		actions = calloc(count, sizeof(*actions));
		if (actions == NULL)
			return -ENOMEM;
	}

	struct parser p = {.at = spec, .next = actions};
	if (!parse(&p)) {
		if (actions != first)
			free(actions);
		if (ret_err_offset != NULL)
			*ret_err_offset = (size_t)(p.at - spec);
		return -EINVAL;
	}

	ret->count = (size_t)(p.next - actions);
	ret->actions = actions;
	if (actions == first) {
		memcpy(ret->first, first, ret->count * sizeof(*first));
		ret->actions = ret->first;
	}
	return 0;
}

void modespec_from_mode(struct modespec *ret, mode_t bits)
{
	ret->count = 1;
	ret->actions = ret->first;
	ret->first[0] = (struct modespec_action){
		.who = ALL_BITS,
		.value = (unsigned short)(bits & ALL_BITS),
		.named = SET_IDS,
		.op = '=',
		.kind = PERMS,
	};
}

/* What ACTION's permissions mean for a file whose mode has become MODE. */
static unsigned action_value(const struct modespec_action *action, unsigned mode, bool is_dir)
{
	switch (action->kind) {
	case COPY: {
		unsigned from = mode & action->value;
		return (from & ANY_R ? ANY_R : 0U) | (from & ANY_W ? ANY_W : 0U) |
		       (from & ANY_X ? ANY_X : 0U);
	}
	case PERMS_WITH_X:
		/* GNU looks at the mode as changed so far, POSIX has the unmodified one. */
		return action->value | (is_dir || (mode & ANY_X) != 0 ? ANY_X : 0U);
	default: return action->value;
	}
}

static bool is_for(const struct modespec_action *action, bool is_dir)
{
	return action->type == ANY_TYPE || action->type == (is_dir ? DIRECTORIES : OTHERS);
}

mode_t modespec_apply(const struct modespec *spec, mode_t old, mode_t umask)
{
	bool is_dir = (old & S_IFMT) == S_IFDIR;
	unsigned mode = old & ALL_BITS;

	for (size_t i = 0; i < spec->count; i++) {
		const struct modespec_action *action = &spec->actions[i];
		unsigned kept = is_dir ? SET_IDS & ~(unsigned)action->named : 0U;
		unsigned value = action_value(action, mode, is_dir);

		if (!is_for(action, is_dir))
			continue;
		value &= (action->who != 0 ? action->who : ~((unsigned)umask & ANY_RWX)) & ~kept;
		switch (action->op) {
		case '+': mode |= value; break;
		case '-': mode &= ~value; break;
		case '=':
			mode &= (action->who != 0 ? ~(unsigned)action->who : 0U) | kept;
			mode |= value;
			break;
		}
	}
	return mode & ALL_BITS;
}

bool modespec_uses_umask(const struct modespec *spec)
{
	for (size_t i = 0; i < spec->count; i++)
		if (spec->actions[i].who == 0)
			return true;
	return false;
}

bool modespec_affects(const struct modespec *spec, mode_t type)
{
	for (size_t i = 0; i < spec->count; i++)
		if (is_for(&spec->actions[i], (type & S_IFMT) == S_IFDIR))
			return true;
	return false;
}

bool modespec_is_absolute(const struct modespec *spec, mode_t type, mode_t umask, mode_t *ret)
{
	mode_t mode = modespec_apply(spec, type & S_IFMT, umask);

	/* Copies and X tie bits to each other: the sure way is to try all modes that there are. */
	for (mode_t old = 1; old <= ALL_BITS; old++)
		if (modespec_apply(spec, (type & S_IFMT) | old, umask) != mode)
			return false;
	*ret = mode;
	return true;
}

void modespec_free(struct modespec *spec)
{
	if (spec->actions != spec->first)
		free(spec->actions);
	spec->actions = spec->first;
	spec->count = 0;
}
