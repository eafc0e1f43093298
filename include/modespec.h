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
 * Pure: no system call, no output, no global. A compiled spec is never written to, so any number of
 * threads may apply it at once. A mode_t is a st_mode of stat(2): file type and the 12 bits 07777.
 *
 * The grammar (POSIX chmod(1) with the extensions of GNU, marked *, and ours, marked **):
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
 * Actions are applied from left to right, each to the result of the one before. An empty who means
 * everybody, but bits of the umask are neither set nor removed. X is x for a directory and for what
 * has an x at that point. A directory keeps the set-user-ID and set-group-ID bits that an action
 * does not name*; an octal names those that are 1 in it, one of five or more digits (00755), or
 * after an operator (=755), names both. A clause that begins with D is for directories alone, one
 * with F for everything else: D755,F644.
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
	unsigned short who;   /* the bits it is for; 0: no who was given, the umask counts */
	unsigned short value; /* the bits it names, or the class it copies */
	unsigned short named; /* the bits it may change on a directory, among the set-ID bits */
	char op;              /* + - = */
	char kind;            /* see modespec.c, as for the next */
	char type;            /* which files it is for */
};

/*
 * A compiled spec. The caller owns the struct and hands it to modespec_free(); the members are
 * private. Do not copy it: it may point into itself. Short specs need no memory of the heap.
 */
struct modespec {
	size_t count;
	struct modespec_action *actions;
	struct modespec_action first[6];
};

/*
 * Compiles SPEC into *RET. 0, or
 *	-EINVAL	SPEC is no mode; *RETERR_AT (if not NULL) is the offset of the first byte that
 *		cannot stand where it stands, or that makes the number too large
 *	-ENOMEM	a spec of many actions, and no memory
 * On failure *RET is untouched and needs no modespec_free().
 */
int modespec_compile(struct modespec *ret, const char *spec, size_t *ret_err_offset);

/* Makes *RET give every file, directories too, exactly the 12 low bits of BITS. Cannot fail. */
void modespec_from_mode(struct modespec *ret, mode_t bits);

/* The mode that a file of mode OLD (with its file type) gets: 12 bits, without the file type. */
mode_t modespec_apply(const struct modespec *spec, mode_t old, mode_t umask);

/* False if the umask makes no difference to modespec_apply(), as there is a who everywhere. */
bool modespec_uses_umask(const struct modespec *spec);

/*
 * Whether SPEC says anything of files of TYPE (S_IFREG, S_IFDIR...); if not, modespec_apply()
 * leaves all their modes as they are.
 */
bool modespec_affects(const struct modespec *spec, mode_t type);

/*
 * Whether SPEC gives every file of TYPE the same mode, whatever it had before;
 * if so, *RET is that mode. Only S_IFDIR is unlike the others.
 */
bool modespec_is_absolute(const struct modespec *spec, mode_t type, mode_t umask, mode_t *ret);

/* Gives back what modespec_compile() took. */
void modespec_free(struct modespec *spec);

/*
 * Modes as text. BUF is the caller's; what is written there ends with a NUL. Each returns BUF,
 * looks at the 12 low bits of MODE alone, and cannot fail.
 */

/* As ls(1) shows them: "rwsr-xr-t". */
char *modespec_format(mode_t mode, char buf[10]);

/*
 * As "umask -S" does, with s and t: "u=rwxs,g=rx,o=rxt". A spec that gives any file but a directory
 * this mode; a directory keeps the set-ID bits that are not in it, as modespec_exact() does not.
 */
char *modespec_symbolic(mode_t mode, char buf[21]);

/*
 * The shortest spec that gives every file, directories too, exactly this mode, whichever chmod
 * reads it: an octal number of five digits ("00755"), or of four if both set-ID bits are 1 in it.
 */
char *modespec_exact(mode_t mode, char buf[6]);

/*
 * The other way round: reads the nine letters that modespec_format() writes, without the type of
 * file that ls(1) puts before them. 0 and the 12 bits in *RET; or -EINVAL, *RET is untouched and
 * *RETERR_AT (if not NULL) is the offset of the first byte that cannot stand where it stands.
 */
int modespec_read_format(mode_t *ret, const char *text, size_t *ret_err_offset);

#ifdef __cplusplus
}
#endif

#endif
