#include "operands.h"

#include <string.h>

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

size_t operands_barrier(struct operands *o, const struct walk_visitor *visitor, size_t look_end)
{
	size_t i = o->next;

	while (i < look_end && !(o->looks[i].err == 0 && S_ISDIR(o->looks[i].st.st_mode) &&
				       visitor->is_barrier(visitor->ctx, &o->looks[i].st)))
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
