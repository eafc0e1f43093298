/* SPDX-License-Identifier: MIT */
/*
 * chmod: change the permissions of files.
 *
 *	main		start and exit status
 *	run		does what the command line asks for with each file
 *	results		says what happened to each file, in GNU's sentences
 *	setup		finds out all that has to be known before anything is changed
 *	source		the operands, from the command line or a list
 *	cli		parses the command line by GNU's rules
 *	usage		the texts of --help and --version
 *	report		prints on GNU's streams, in GNU's order
 *	progress	the line of --progress
 *	sigpipe		holds SIGPIPE back while changes must be completed
 *	listed		applies the modes of a list, one for each file
 *	policy		decides what follows from the options before any file is seen
 *	descend		decides how directories are read, and what their entries need to know
 *	apply		decides what to do with one file, and does it
 *	byname		changes a file by its name, where it cannot be pinned
 *	selection	decides which files --exclude and --include leave
 *	walk		visits everything under the operands, by several workers
 *	operands	windows of operands that are visited at the same time
 *	workers		how many workers there are, and how they divide their tasks
 *	visit		examines one file as far as the walk needs it, and shows it to the visitor
 *	pin		opens the descriptor by which a file is examined and read
 *	worker		one thread's part of a walk: paths, output, descriptors to be freed
 *	order		schedules tasks and puts their output into order
 *	task		a part of the walk that can be divided
 *	range		entries of one directory that follow each other
 *	reopen		finds directories again that were closed
 *	dir		what is known of directories, and one descriptor for each
 *	beneath		finds operands beneath one directory without following links
 *	listing		reads directories, in GNU's order
 *	names		the names of a directory in memory
 *	transcript	recorded output, to be printed later
 *	message		formats GNU's messages, in the user's language
 *	later		directories that get their modes at the end
 *	modes0		parses the records of a list of modes
 *	files0		reads names that are ended by NULs
 *	patterns	compares a name with many patterns
 *	glob		matches one pattern
 *	modetext	converts modes to text and back
 *	modespec	compiles and applies modes such as u+x
 *	quote		quotes names as GNU's tools do
 *	errtext		messages for errno values
 *	userlocale	the charset and the message catalogs of the user's locale
 *	charset		decodes bytes to characters
 *	utf8		decodes UTF-8
 *	options		the table of options, and what they set
 *	choices		the values that options choose between
 *	threads		threads, locks and conditions
 *	probe		finds out what the kernel, a sandbox and a user namespace allow
 *	sys		system calls that differ between kernels and sandboxes
 *	sysnr		the numbers of system calls
 *
 * A file includes only headers of modules below it in this list.
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
