/* SPDX-License-Identifier: MIT */
/*
 * A window of operands, which several workers examine and visit at the same time.
 *
 * The operands of a window are examined first. Then those before the first barrier are visited. A
 * barrier is an operand that must be visited alone: a directory whose visit may change how others
 * are reached, or a file that an operand before it names too.
 *
 * operands_visit() may be called by several threads at once, for different operands. The other
 * functions are called by one thread, while no operand is being visited.
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
	size_t next;         /* the first operand that has not been visited */
	size_t reach;        /* how many to examine at once; few if barriers are close together */
	bool is_looking;     /* operands_visit() examines; otherwise it visits */
	bool tells_repeated; /* a file that was named before in the window is a barrier */
	/* A hash table of the files found, by inode number: operand numbers + 1, or 0. */
	unsigned short slots[2 * OPERANDS_MAX];
};

/* Returns an empty window, which the caller frees with free(), or NULL if there is no memory. */
struct operands *operands_new(bool tells_repeated);

/* Removes slashes from the end as GNU's tools do: they keep one, or two if the operand is "//". */
void operands_trim(char *operand);

/*
 * Empties the window and fills it with FIRST and the operands that VISITOR can return without
 * waiting. The strings belong to VISITOR and are trimmed.
 */
void operands_fill(struct operands *o, const struct walk_visitor *visitor, char *first);

/* The number after the last operand to examine next. */
size_t operands_look_end(const struct operands *o);

/*
 * Returns the number of the first barrier among the operands up to LOOK_END, which have been
 * examined, or LOOK_END if there is none. Adapts the reach to that.
 */
size_t operands_barrier(struct operands *o, const struct walk_visitor *visitor, size_t look_end);

/*
 * Examines operand number I (is_looking) and returns VISIT_DONE; or visits it, with *RET_DIR and
 * the result as for visit_operand().
 */
enum visit_outcome operands_visit(
	struct operands *o, struct worker *w, size_t i, struct dir **ret_dir);

#endif
