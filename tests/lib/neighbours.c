/* SPDX-License-Identifier: MIT */
/*
 * The names that other libraries for modes give their functions: gnulib's, the BSDs', busybox's,
 * toybox's. Each is defined here, so that a name of ours that is one of these cannot be linked.
 */
int mode_compile(void), mode_create_from_ref(void), mode_adjust(void), mode_free(void);
int setmode(void), getmode(void), strmode(void), filemodestring(void);
int bb_parse_mode(void), bb_mode_string(void), string_to_mode(void), mode_to_string(void);
int parse_octal(void), parse_clause(void), parse_perms(void), is_op(void), who_bits(void);

int mode_compile(void)
{
	return 0;
}
int mode_create_from_ref(void)
{
	return 0;
}
int mode_adjust(void)
{
	return 0;
}
int mode_free(void)
{
	return 0;
}
int setmode(void)
{
	return 0;
}
int getmode(void)
{
	return 0;
}
int strmode(void)
{
	return 0;
}
int filemodestring(void)
{
	return 0;
}
int bb_parse_mode(void)
{
	return 0;
}
int bb_mode_string(void)
{
	return 0;
}
int string_to_mode(void)
{
	return 0;
}
int mode_to_string(void)
{
	return 0;
}
int parse_octal(void)
{
	return 0;
}
int parse_clause(void)
{
	return 0;
}
int parse_perms(void)
{
	return 0;
}
int is_op(void)
{
	return 0;
}
int who_bits(void)
{
	return 0;
}
