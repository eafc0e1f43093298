/* SPDX-License-Identifier: MIT */
#include "transcript.h"

#include "options.h"

#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

/* ------------------------------------------------------------------------------------- commands */

static bool is_plain(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "%+,-./:=@_";

	return *word && *word != '=' && word[strspn(word, plain)] == '\0';
}

static bool is_text(const char *word)
{
	for (; *word; word++) {
		if (*word < ' ' || *word == 0x7f)
			return false;
	}
	return true;
}

/* WORD as bash reads it. */
static void put_word(FILE *to, const char *word)
{
	bool text = is_text(word);

	putc(' ', to);
	if (is_plain(word)) {
		fputs(word, to);
		return;
	}
	fputs(text ? "'" : "$'", to);
	for (; *word; word++) {
		unsigned char c = (unsigned char)*word;

		if (text && c == '\'')
			fputs("'\\''", to);
		else if (text)
			putc(c, to);
		else if (c == '\'' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c < ' ' || c >= 0x7f)
			fprintf(to, "\\%03o", c);
		else
			putc(c, to);
	}
	putc('\'', to);
}

/* A name that no command takes for an option. */
static void put_path(FILE *to, const char *path)
{
	char guarded[8192];

	snprintf(guarded, sizeof(guarded), "./%s", path);
	put_word(to, *path == '-' ? guarded : path);
}

static void put_entry(FILE *to, const struct entry *e)
{
	switch (e->kind) {
	case ENTRY_DIRECTORY: fputs("mkdir", to); break;
	case ENTRY_FILE: fputs("touch", to); break;
	case ENTRY_FIFO: fputs("mkfifo", to); break;
	case ENTRY_SOCKET:
		fputs("python3 -c 'import os, stat, sys; os.mknod(sys.argv[1], stat.S_IFSOCK)'",
			to);
		break;
	case ENTRY_LINK:
		fputs("ln -s --", to);
		put_word(to, e->target);
		break;
	case ENTRY_TWIN:
		fputs("ln", to);
		put_path(to, e->target);
		break;
	}
	put_path(to, e->path);
	putc('\n', to);
}

static void put_owner(FILE *to, const struct entry *e)
{
	static const char *const owners[] = {[ENTRY_OWN] = "65534:65534",
		[ENTRY_ROOTS] = "0:0",
		[ENTRY_ROOTS_GROUP] = "65534:0"};

	if (e->kind == ENTRY_TWIN || e->owner == ENTRY_ROOTS)
		return;
	fprintf(to, "chown -h %s", owners[e->owner]);
	put_path(to, e->path);
	putc('\n', to);
}

static void put_mode(FILE *to, const struct entry *e)
{
	if (e->kind == ENTRY_LINK || e->kind == ENTRY_TWIN)
		return;
	/* With five digits directories lose set-ID bits as well. */
	fprintf(to, "chmod %05o", (unsigned)e->mode);
	put_path(to, e->path);
	putc('\n', to);
}

static void put_streams(FILE *to, const struct test_case *c)
{
	static const char *const words[] = {[STREAM_FILE] = "/tmp/out",
		[STREAM_TOGETHER] = "&1",
		[STREAM_FULL] = "/dev/full",
		[STREAM_CLOSED] = "&-"};

	if (c->stdin_closed)
		fputs(" <&-", to);
	if (c->out != STREAM_PIPE && c->out != STREAM_BROKEN)
		fprintf(to, " >%s", words[c->out]);
	if (c->err != STREAM_PIPE)
		fprintf(to, " 2>%s", words[c->err]);
	if (c->out == STREAM_BROKEN)
		fputs(" | :", to);
}

static void put_run(FILE *to, const struct test_case *c, bool as_root)
{
	fprintf(to, "(umask %03o; %s%sexec env -i", (unsigned)c->umask,
		c->sigpipe_ignored ? "trap '' PIPE; " : "",
		c->out == STREAM_BROKEN ? "sleep .2; " : "");
	for (size_t i = 0; i < c->n_env; i++)
		put_word(to, c->env[i]);
	if (as_root && c->as_user)
		fputs(" setpriv --reuid=65534 --regid=65534 --clear-groups", to);
	fputs(" bash -c 'exec -a \"$0\" \"$@\"'", to);
	put_word(to, c->program);
	fputs(" \"$C\"", to);
	for (size_t i = 0; i < c->n_words; i++)
		put_word(to, c->words[i]);
	putc(')', to);
	put_streams(to, c);
	putc('\n', to);
}

/* Prints as a comment what our program gets instead of the words. */
static void put_ours(FILE *to, const struct test_case *c)
{
	const char *words[CASE_WORDS + 1];
	size_t n = options_of_ours(c, words);

	fputs("# for ours it is:", to);
	for (size_t i = 0; i < n; i++)
		put_word(to, words[i]);
	putc('\n', to);
}

void transcript_commands(FILE *to, const struct test_case *c, bool as_root)
{
	fputs("cd \"$(mktemp -d)\"; umask 0\n", to);
	for (size_t i = 1; i < c->n_entries; i++)
		put_entry(to, &c->entries[i]);
	for (size_t i = 0; i < c->n_entries && as_root; i++)
		put_owner(to, &c->entries[i]);
	for (size_t i = c->n_entries; i-- > 0;)
		put_mode(to, &c->entries[i]);
	if (c->extra)
		put_ours(to, c);
	put_run(to, c, as_root);
}

/* ------------------------------------------------------------------------------------- outcomes */

/* Prints TEXT as comments; bytes that a terminal may interpret as \ooo. */
static void put_text(FILE *to, const char *who, const char *text)
{
	fprintf(to, "#   %s:", who);
	if (!*text)
		fputs(" nothing", to);
	for (bool at_start = true; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (at_start)
			fputs("\n#     ", to);
		at_start = c == '\n';
		if ((c < ' ' && c != '\n') || c == 0x7f)
			fprintf(to, "\\%03o", c);
		else if (c != '\n')
			putc(c, to);
	}
	putc('\n', to);
}

static void put_texts(FILE *to, const char *what, const char *ours, const char *gnu)
{
	if (strcmp(ours, gnu) == 0)
		return;
	fprintf(to, "# %s:\n", what);
	put_text(to, "ours", ours);
	put_text(to, "GNU", gnu);
}

static void put_after(FILE *to, const char *who, const struct after *after)
{
	if (after->mode == 0)
		fprintf(to, " %s gone", who);
	else
		fprintf(to, " %s %04o%s", who, (unsigned)after->mode & 07777,
			after->touched ? "" : " (not touched)");
}

void transcript_outcomes(
	FILE *to, const struct test_case *c, const struct outcome outcomes[PROGRAMS])
{
	const struct outcome *ours = &outcomes[OURS], *gnu = &outcomes[GNU];

	if (ours->status != gnu->status)
		fprintf(to, "# exit status: ours %d, GNU %d\n", ours->status, gnu->status);
	put_texts(to, c->err == STREAM_TOGETHER ? "stdout and stderr" : "stdout", ours->out,
		gnu->out);
	put_texts(to, "stderr", ours->err, gnu->err);
	for (size_t i = 0; i < c->n_entries; i++) {
		const struct after *a = &ours->after[i], *b = &gnu->after[i];

		if (a->mode == b->mode && a->touched == b->touched)
			continue;
		fputs("#", to);
		put_path(to, c->entries[i].path);
		putc(':', to);
		put_after(to, "ours", a);
		putc(',', to);
		put_after(to, "GNU", b);
		putc('\n', to);
	}
}
