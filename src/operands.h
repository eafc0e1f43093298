/*
 * Operands, many at once: a window of them is looked at side by side, and those that come before
 * the first barrier (a directory that is read, or that may change how others are reached) are
 * visited side by side.
 */
#ifndef OPERANDS_H
#define OPERANDS_H

#include "visit.h"

#include <stdbool.h>
#include <stddef.h>

enum { OPERANDS_MAX = 2048 };

struct operands {
	char *names[OPERANDS_MAX];
	struct look looks[OPERANDS_MAX];
	size_t count;
	size_t next;  /* the first that has not been visited */
	size_t reach; /* how many are worth looking at: barriers may stand close together */
	bool is_looking;
	bool tells_repeated; /* one that is the same file as another before it is a barrier */
	unsigned short slots[2 * OPERANDS_MAX]; /* a hash table of those: numbers from 1; 0: none */
};

/* To be freed; NULL: no memory. */
struct operands *operands_new(bool tells_repeated);

/* Of several slashes at the end GNU's tools keep one, and two if there is nothing else. */
void operands_trim(char *operand);

/* Fills the window with FIRST and as many as VISITOR has at hand. */
void operands_fill(struct operands *o, const struct walk_visitor *visitor, char *first);

/* How far the next look goes. */
size_t operands_look_end(const struct operands *o);

/*
 * After the look: where the first barrier is, or the end of the look; the reach is adapted to that.
 */
size_t operands_barrier(struct operands *o, const struct walk_visitor *visitor, size_t look_end);

/* Looks at operand number I, or visits it. *RET_DIR as for visit_operand(). */
enum visit_outcome operands_visit(
	struct operands *o, struct worker *w, size_t i, struct dir **ret_dir);

#endif
