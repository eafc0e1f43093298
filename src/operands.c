/* SPDX-License-Identifier: MIT */
#include "operands.h"

#include <stdlib.h>
#include <string.h>

struct operands *operands_new(bool tells_repeated)
{
	struct operands *o = calloc(1, sizeof(*o));

	if (o != NULL)
		o->tells_repeated = tells_repeated;
	return o;
}

void operands_trim(char *operand)
{
	size_t len = strlen(operand);

	if (len > 2)
		while (len > 1 && operand[len - 1] == '/' && operand[len - 2] == '/')
			operand[--len] = '\0';
}

void operands_fill(struct operands *o, const struct walk_visitor *visitor, char *first)
{
	o->count = o->next = 0;
	for (char *operand = first; operand != NULL;) {
		operands_trim(operand);
		o->names[o->count++] = operand;
		operand = o->count < OPERANDS_MAX ? visitor->next(visitor->ctx, false) : NULL;
	}
	if (o->reach == 0)
		o->reach = OPERANDS_MAX;
}

size_t operands_look_end(const struct operands *o)
{
	return o->count - o->next < o->reach ? o->count : o->next + o->reach;
}

/* Whether operand number I is the same file as one before it. Otherwise enters it in the table. */
static bool is_repeated(struct operands *o, size_t i)
{
	enum { SLOTS = sizeof(o->slots) / sizeof(o->slots[0]) };
	const struct look *look = &o->looks[i];
	size_t slot;

	if (!o->tells_repeated || look->err != 0)
		return false;
	slot = (size_t)look->st.st_ino % SLOTS;
	for (; o->slots[slot] != 0; slot = (slot + 1) % SLOTS) {
		if (sys_is_same_file(&o->looks[o->slots[slot] - 1].st, &look->st))
			return true;
	}
	o->slots[slot] = (unsigned short)(i + 1);
	return false;
}

static bool is_barrier(struct operands *o, const struct walk_visitor *visitor, size_t i)
{
	const struct look *look = &o->looks[i];

	return is_repeated(o, i) || (look->err == 0 && S_ISDIR(look->st.st_mode) &&
					    visitor->is_barrier(visitor->ctx, &look->st));
}

size_t operands_barrier(struct operands *o, const struct walk_visitor *visitor, size_t look_end)
{
	size_t i = o->next;

	memset(o->slots, 0, sizeof(o->slots));
	while (i < look_end && !is_barrier(o, visitor, i))
		i++;
	if (i == look_end)
		o->reach = o->reach * 2 < OPERANDS_MAX ? o->reach * 2 : OPERANDS_MAX;
	else
		o->reach = i > o->next ? (i - o->next) * 2 : 1;
	return i;
}

enum visit_outcome operands_visit(
	struct operands *o, struct worker *w, size_t i, struct dir **ret_dir)
{
	if (!o->is_looking)
		return visit_operand(w, o->names[i], &o->looks[i], ret_dir);
	o->looks[i] = visit_look(w, o->names[i]);
	return VISIT_DONE;
}
