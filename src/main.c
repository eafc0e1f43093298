/*
 * chmod: change the permissions of files.
 *
 *	main		start, exit status
 *	run		what the command line asks for, done with every file
 *	setup		what has to be known before anything is changed
 *	source		the operands, from the command line or a list
 *	cli		the command line, by GNU's rules
 *	usage		the texts of --help and --version
 *	report		what happened, in GNU's sentences, on its streams
 *	progress	the line of --progress
 *	sigpipe		the signal of a broken pipe, held back
 *	listed		modes from a list, for each file its own
 *	policy		what follows from what is asked for, before any file is seen
 *	descend		directories that are read, and what their entries have to know
 *	apply		what is to be done with one file, and doing it
 *	unpinned	changing a file that nothing but its name stands for
 *	selection	which files --exclude and --include leave to be changed
 *	walk		every name under the operands, by several workers
 *	operands	operands, many at once
 *	workers		how many workers there are, and what they give each other
 *	visit		one name: looked at, and shown to who does something with it
 *	pin		the descriptor of a file, by which it is looked at and read
 *	worker		one thread's part of a walk: paths, output, descriptors made free
 *	order		which worker does what, and whose output comes next
 *	task		a part of the walk, and how it is divided
 *	reopen		directories that were closed, found again
 *	dir		directories: what is known of them, and one descriptor for each
 *	beneath		operands beneath one directory, found without following links
 *	names		the names in a directory, in GNU's order
 *	transcript	what is to be printed later
 *	message		GNU's messages, in the user's language
 *	later		directories that get their modes in the end
 *	modes0		records of a list of modes
 *	files0		names of operands from a file
 *	patterns	many patterns, of which few are tried
 *	glob		patterns of names
 *	modetext	modes as text
 *	modespec	the mode language
 *	quote		names as GNU shows them
 *	errtext		the words for errors
 *	userlocale	the charset and the catalogs of the user's locale
 *	charset		how bytes are read as characters
 *	utf8		the characters of UTF-8
 *	options		the table of options, and what they ask for
 *	choices		what options choose between
 *	threads		threads, and what they need to share data
 *	probe		what kernel, sandbox and user namespace allow
 *	sys		system calls that differ between kernels and sandboxes
 *	sysnr		the numbers of system calls
 *
 * A file includes headers of what is below it in this list only.
 */
#include "cli.h"
#include "report.h"
#include "run.h"

int main(int argc, char **argv)
{
	static struct report report; /* too large for the smallest stacks */
	struct cli cli;

	report_init(&report, argc > 0 ? argv[0] : "chmod");
	switch (cli_parse(&cli, argc, argv, &report)) {
	case CLI_RUN: run(&cli, &report); break;
	case CLI_EXIT_OK:
	case CLI_USAGE_ERROR: break;
	}
	cli_free(&cli);
	return report_finish(&report);
}
