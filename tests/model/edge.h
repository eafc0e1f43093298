/* SPDX-License-Identifier: MIT */
/*
 * Copies of strings that end where memory ends, so that a read beyond the NUL crashes.
 */
#ifndef MODEL_EDGE_H
#define MODEL_EDGE_H

/* Each holds one copy at a time. */
enum edge { EDGE_SPEC, EDGE_PATTERN, EDGE_TEXT };

/* A copy of STRING, good until the next one at EDGE; STRING itself if it is too long for that. */
const char *edge_copy(enum edge edge, const char *string);

#endif
