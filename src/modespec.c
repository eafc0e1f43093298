/* SPDX-License-Identifier: MIT */
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

/* modespec_action.kind: what follows the operator. */
enum {
	PERMS,        /* letters or a number; value holds the bits */
	PERMS_WITH_X, /* letters with an X among them; value holds the bits of the others */
	COPY,         /* u, g or o; value is the class to copy from: 0700, 0070 or 0007 */
};

/* modespec_action.type: which files the action applies to. */
enum {
	ANY_TYPE,
	DIRECTORIES,
	OTHERS,
};

struct parser {
	const char *at;               /* the next byte of the spec */
	struct modespec_action *next; /* where the next action is stored */
};

static bool is_op(char c)
{
	return c == '+' || c == '-' || c == '=';
}

static bool is_digit(char c)
{
	return '0' <= c && c <= '7';
}

/*
 * The bits of the class that a who letter names; 0 for any other character. The set-user-ID bit
 * belongs to u, the set-group-ID bit to g and, as in GNU's chmod, the sticky bit to o. So u+t and
 * o+s are valid and change nothing.
 */
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

/*
 * The bits that a permission letter names, in all classes; 0 for any other character. The who is
 * applied to them later. X is not here: what it means depends on the file.
 */
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

/* Reads the digits at P. Returns false, with P at the digit at fault, if they exceed 07777. */
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

/* Parses an octal number that is the whole spec, or all of a clause but its type. */
static bool parse_octal(struct parser *p, char type)
{
	const char *start = p->at;
	unsigned short value;

	if (!read_octal(p, &value))
		return false;
	/*
	 * GNU's rule for directories: a number of up to 4 digits may set their set-ID bits but not
	 * clear them, so 755 keeps those that a directory has. A number of 5 digits or more is
	 * taken literally, so 00755 clears them. (POSIX leaves both to the implementation.)
	 */
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

/*
 * Parses the permissions after an operator into *ACTION, whose who is set. There may be none: u= is
 * valid and clears the class.
 */
static void parse_perms(struct parser *p, struct modespec_action *action)
{
	/* The class of u, g or o. An a, for which this is ANY_RWX, cannot be copied from. */
	unsigned short copied = who_bits(*p->at) & ANY_RWX;

	/* A copy (g=u) is a single letter; it has no letters of permissions beside it. */
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
	/*
	 * A directory keeps each set-ID bit that is not named by an s together with its class. So
	 * g=rx and u=s keep the set-group-ID bit of a directory; g-s, ug=s and =s act on it.
	 */
	action->named = action->value & SET_IDS & (action->who != 0 ? action->who : ALL_BITS);
}

/* Parses one operator and its permissions. *RET_LAST becomes true if they end the clause. */
static bool parse_action(struct parser *p, char type, unsigned short who, bool *ret_last)
{
	struct modespec_action action = {.who = who, .op = *p->at++, .kind = PERMS, .type = type};

	/*
	 * GNU's extension: a number may follow an operator if no who was given (+111, =755). It
	 * applies to all bits regardless of the umask, clears set-ID bits of directories too, and
	 * no other action may follow in the clause.
	 */
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

/* Parses [type] [who] action..., for example Dgo+s-w, or a type and a number. */
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

/* Parses the whole spec. On failure P is at the first byte that is not allowed. */
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

/* The most actions that SPEC can have: one for each operator and each number without operator. */
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

/*
 * The permission bits of ACTION, in all classes, for a file whose mode was changed to MODE by the
 * actions before.
 */
static unsigned action_value(const struct modespec_action *action, unsigned mode, bool is_dir)
{
	switch (action->kind) {
	case COPY: {
		/* Copies r, w and x of one class to all others; s and t are not copied. */
		unsigned from = mode & action->value;
		return (from & ANY_R ? ANY_R : 0U) | (from & ANY_W ? ANY_W : 0U) |
		       (from & ANY_X ? ANY_X : 0U);
	}
	case PERMS_WITH_X:
		/*
		 * X is x for directories and for files on which any class has x. GNU tests the mode
		 * as changed so far; POSIX says the unmodified mode.
		 */
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
		/* A directory keeps the set-ID bits that the action does not name. */
		unsigned kept = is_dir ? SET_IDS & ~(unsigned)action->named : 0U;
		unsigned value = action_value(action, mode, is_dir);

		if (!is_for(action, is_dir))
			continue;
		/*
		 * Without a who the action applies to all classes, but leaves out the bits of the
		 * umask, for - as well as for + and =. The umask has no say in s and t.
		 */
		value &= (action->who != 0 ? action->who : ~((unsigned)umask & ANY_RWX)) & ~kept;
		switch (action->op) {
		case '+': mode |= value; break;
		case '-': mode &= ~value; break;
		case '=':
			/*
			 * Clears the bits of the who and sets VALUE. Without a who it clears all
			 * bits, those of the umask too.
			 */
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

	/* With copies and X one bit depends on others, so all 4096 modes are tried. */
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
