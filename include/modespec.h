/* SPDX-License-Identifier: MIT */
/*
 * GNU's mode language: a mode as people write it ("755", "u+x,go=r"), compiled once and applied to
 * any number of files.
 *
 *	struct modespec spec;
 *	if (modespec_compile(&spec, "u=rwX,go=rX", NULL) == 0) {
 *		new_mode = modespec_apply(&spec, st.st_mode, mask);
 *		modespec_free(&spec);
 *	}
 *
 * The functions make no system call, print nothing and have no global state. They do not write to a
 * compiled spec, so any number of threads may apply it at once. A mode_t is a st_mode of stat(2):
 * the file type and the 12 mode bits 07777.
 *
 * The grammar is that of POSIX chmod(1), with extensions of GNU (marked *) and our own (marked **):
 *
 *	mode    = octal | clause , { "," , clause }
 *	octal   = digit , { digit }                         up to 07777, any number of digits
 *	clause  = [ type ] , [ who ] , action , { action }
 *	        | [ type ] , { action } , op , octal        * the octal ends the clause
 *	        | type , octal                              **
 *	type    = "D" | "F"                                 **
 *	who     = ( "u" | "g" | "o" | "a" ) , { "u" | "g" | "o" | "a" }
 *	action  = op , [ perms | copy ]
 *	op      = "+" | "-" | "="
 *	perms   = perm , { perm }
 *	perm    = "r" | "w" | "x" | "X" | "s" | "t"
 *	copy    = "u" | "g" | "o"
 *
 * Actions are applied from left to right, each to the result of the previous one. An empty who
 * means everybody, but bits in the umask are neither set nor removed. X means x if the file is a
 * directory or has an x bit at that point. A directory keeps the set-user-ID and set-group-ID bits
 * that an action does not name*. An octal names the set-ID bits that are 1 in it; an octal of five
 * or more digits (00755), or one after an operator (=755), names both. A clause with type D applies
 * to directories only, one with type F to all other files: D755,F644.
 */
#ifndef MODESPEC_H
#define MODESPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One operator with its permissions. Private. */
struct modespec_action {
	unsigned short who;   /* the bits of the classes given; 0: none given, the umask applies */
	unsigned short value; /* the permission bits, or the class to copy from */
	unsigned short named; /* the set-ID bits that the action may change on a directory */
	char op;              /* + - = */
	char kind;            /* what value is; the constants are in modespec.c */
	char type;            /* which files the action applies to; likewise */
};

/*
 * A compiled spec. The caller owns the struct and frees its contents with modespec_free(). The
 * members are private. Do not copy it: it may point into itself. Up to six actions need no heap
 * memory.
 */
struct modespec {
	size_t count;
	struct modespec_action *actions;
	struct modespec_action first[6];
};

/*
 * Compiles SPEC into *RET, which does not refer to SPEC afterwards. Returns 0, or
 *	-EINVAL	SPEC is not a valid mode; *RET_ERR_OFFSET (if not NULL) is the offset of the first
 *		byte that is not allowed at its place or makes the number larger than 07777
 *	-ENOMEM	there is no memory for a spec of more than six actions
 * On failure *RET is untouched and needs no modespec_free().
 */
int modespec_compile(struct modespec *ret, const char *spec, size_t *ret_err_offset);

/*
 * Makes *RET a spec that gives every file, directories too, exactly the 12 low bits of BITS. It
 * uses no heap memory and cannot fail.
 */
void modespec_from_mode(struct modespec *ret, mode_t bits);

/*
 * Returns the 12 bits, without file type, that SPEC gives a file whose mode is OLD, a complete
 * st_mode. UMASK is the umask to apply where no who is given.
 */
mode_t modespec_apply(const struct modespec *spec, mode_t old, mode_t umask);

/*
 * Whether any action has no who, so that the result of modespec_apply() can depend on the umask.
 */
bool modespec_uses_umask(const struct modespec *spec);

/*
 * Whether any clause of SPEC applies to files of TYPE (S_IFREG, S_IFDIR...). If none does,
 * modespec_apply() returns their modes unchanged.
 */
bool modespec_affects(const struct modespec *spec, mode_t type);

/*
 * Whether SPEC gives all files of TYPE the same mode, whatever mode they had; if so, *RET is that
 * mode. All types but S_IFDIR have the same answer.
 */
bool modespec_is_absolute(const struct modespec *spec, mode_t type, mode_t umask, mode_t *ret);

/* Frees the memory that SPEC uses. */
void modespec_free(struct modespec *spec);

/*
 * Modes as text. Each function writes a string with a final NUL into the caller's BUF and returns
 * BUF. It uses only the 12 low bits of MODE and cannot fail.
 */

/* Nine letters as ls(1) shows them, without the file type: "rwsr-xr-t". */
char *modespec_format(mode_t mode, char buf[10]);

/*
 * Clauses like those of "umask -S", with s and t: "u=rwxs,g=rx,o=rxt". As a spec, the text gives
 * any file but a directory exactly this mode. A directory keeps set-ID bits that are not in MODE;
 * for those use modespec_exact().
 */
char *modespec_symbolic(mode_t mode, char buf[21]);

/*
 * The shortest spec that gives every file, directories too, exactly this mode in any chmod: an
 * octal number of five digits ("00755"), or of four if both of its set-ID bits are 1.
 */
char *modespec_exact(mode_t mode, char buf[6]);

/*
 * Reads nine letters as modespec_format() writes them; TEXT must not have the file type before
 * them. Returns 0 and the 12 bits in *RET; or -EINVAL, with *RET untouched and in *RET_ERR_OFFSET
 * (if not NULL) the offset of the first byte that is not allowed at its place.
 */
int modespec_read_format(mode_t *ret, const char *text, size_t *ret_err_offset);

#ifdef __cplusplus
}
#endif

#endif
