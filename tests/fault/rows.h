/* SPDX-License-Identifier: MIT */
/*
 * Tests that are rows of a table: a tree, a command line, what is refused, what is expected.
 */
#ifndef TESTS_FAULT_ROWS_H
#define TESTS_FAULT_ROWS_H

#include "fault.h"

/* As the err of a fault: the row is tried with each of its ERRNOS(). */
#define ERRS -1

/* A set of methods. A row without one is tried by all that change files safely. */
#define IN(method)   (1U << (method))
#define SAFE_METHODS (IN(METHOD_FCHMODAT2) | IN(METHOD_PROCFD) | IN(METHOD_LIBC))

/* What is left out is the default: nothing printed, status 0, nothing changed. */
struct fault_row {
	const char *tree, *args;
	struct fault faults[4];
	const int *errs;       /* ended by 0 */
	const char *out, *err; /* {0755}: the mode in both forms; {E}: the words for the errno */
	int status;
	const char *after; /* the entries of the tree that have changed */
	unsigned methods;
	enum fault_users users;
	const char *list; /* LIST(): the text of the file "list" of the tree, null bytes included */
	size_t list_size; /* "-" in args: it is standard input as well */
	bool dynamic;     /* only for the dynamic program, where the fault can happen */
	const char *env;
};

#define ERRNOS(...)                                                                                \
	.errs = (const int[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, 0                                                                     \
	}
#define LIST(text)                .list = text, .list_size = sizeof(text) - 1
#define SAYS(text)                .err = E(text)
#define FAILS(text)               .err = E(text), .status = 1
#define CHANGED(name, old, new)   "mode of '" name "' changed from {" #old "} to {" #new "}\n"
#define WOULD_CHANGE(n, old, new) "mode of '" n "' would change from {" #old "} to {" #new "}\n"
#define RETAINED(name, mode)      "mode of '" name "' retained as {" #mode "}\n"
#define FAILED(n, old, new)       "failed to change mode of '" n "' from {" #old "} to {" #new "}\n"
#define NO_ACCESS(name)           "'" name "' could not be accessed\n"
#define NEITHER(name)             "neither symbolic link '" name "' nor referent has been changed\n"
#define UNSAFE(name)                                                                               \
	"cannot change '" name "' safely: it takes a newer kernel, or /proc, to be sure that it "  \
	"is not another file"

/* Adds TEST for each of METHODS (0: the safe ones), whose name is added to that of the test. */
void fault_add_methods(struct fault_list *list, const struct fault_test *test, unsigned methods,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Adds a test for each of the N rows, each method and each user. */
void fault_add_rows(struct fault_list *list, const struct fault_row *rows, size_t n);

#endif
