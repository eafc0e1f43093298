/*
 * Every name under the operands, by directory descriptor.
 *
 * A directory is visited before its entries (pre-order). One worker visits entries in the order in
 * which the file system returns them, and all below a directory before what follows it; of several,
 * each does so with what the others leave to it. Any depth, any number of entries, few descriptors:
 * memory grows with the depth alone. The walk knows nothing of modes; what is done with a file is
 * the visitor's.
 */
#ifndef WALK_H
#define WALK_H

#include "visit.h"

/*
 * Visits the operands and what the visitor enters below them, one operand after the other, with as
 * many workers as JOBS says, at most (1 to POOL_MAX; 0: one for each CPU, up to 8). Whatever
 * happens to one file is told to the visitor and does not end the walk. CTX is the visitor's.
 */
void walk(enum walk_links links, unsigned jobs, const struct walk_visitor *visitor, void *ctx);

#endif
