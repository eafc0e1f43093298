/* SPDX-License-Identifier: MIT */
/*
 * The rules of the mode language, each with a name. The interpreter is made of them, and each
 * difference is shown with the rules that decide it. They say what GNU's chmod does, and (marked
 * **) what ours adds.
 */
#ifndef MODEL_RULES_H
#define MODEL_RULES_H

#include <stddef.h>

/* clang-format off */
/* X(NAME, what it says) */
#define MODEL_RULES                                                                                \
	/* Which specs there are. */                                                               \
	X(R1,  "a spec that begins with a digit is an octal number and nothing else")              \
	X(R2,  "an octal has any number of digits 0 to 7 and is at most 07777")                    \
	X(R3,  "clauses are separated by commas, and none is empty")                               \
	X(R4,  "** one D or F may begin a clause")                                                 \
	X(R5,  "then letters of u g o a, any of them, or none; an operator must follow")           \
	X(R6,  "each operator + - = begins an action; nothing need follow it")                     \
	X(R7,  "letters of r w x X s t may follow it, any of them")                                \
	X(R8,  "or one letter u, g or o, alone: a copy")                                           \
	X(R9,  "or, in a clause without who, an octal, which ends the clause")                     \
	X(R10, "** an octal right after D or F is the whole clause")                               \
	/* What they mean. */                                                                      \
	X(R11, "actions are applied left to right, each to the result of the one before")          \
	X(R12, "** a clause with D is for directories alone, one with F for everything else")      \
	X(R13, "u, g, o stand for their rwx; set-user-ID is u's, set-group-ID g's, sticky o's")    \
	X(R14, "without who an action is for everybody, but names no bit of the umask")            \
	X(R15, "r w x name themselves for everybody, s both set-IDs, t sticky")                    \
	X(R16, "X names x for a directory, and for what has an x before this action")              \
	X(R17, "a copy names r w x for everybody as that class had them before this action")       \
	X(R18, "an octal names the bits that are 1 in it, for everybody and whatever the umask")   \
	X(R19, "+ sets what is named, and leaves the rest")                                        \
	X(R20, "- clears what is named, and leaves the rest")                                      \
	X(R21, "= sets what is named, and clears the other bits of its who")                       \
	X(R22, "a directory keeps a set-ID bit that the action does not mention")                  \
	X(R23, "letters mention the set-IDs that they name for their who; copies none")            \
	X(R24, "an octal mentions the set-IDs that are 1 in it, with five digits or more both")    \
	X(R25, "an octal after an operator mentions both set-IDs")                                 \
	/* What can be asked of a spec. */                                                         \
	X(R26, "the umask counts if there is an action with neither a who nor an octal")           \
	X(R27, "a spec concerns a file if one of its clauses is for files of that type")           \
	X(R28, "a spec is absolute if all modes become the same")                                  \
	X(R29, "a mode taken from a file is given to all as it is, with its set-IDs")              \
	X(R30, "ls(1) shows a set-ID or sticky bit in the place of x: small with x, else a capital")
/* clang-format on */

enum model_rule {
#define X(name, says) MODEL_##name,
	MODEL_RULES
#undef X
		MODEL_RULE_COUNT
};

/* A set of rules: bit N stands for rule N. */
typedef unsigned long model_rules;
#define MODEL_RULE(name) (1UL << MODEL_##name)

/* Writes each rule of RULES on a line of its own to TEXT, which is cut to SIZE. Returns TEXT. */
char *model_rules_text(model_rules rules, char *text, size_t size);

#endif
