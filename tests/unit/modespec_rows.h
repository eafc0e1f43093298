/*
 * The modes that SPEC.md 1.3, 1.4, 2.1 and 2.2 give as examples, and those that documentation
 * elsewhere does. Data only.
 */
#ifndef MODESPEC_ROWS_H
#define MODESPEC_ROWS_H

#include <stddef.h>
#include <sys/stat.h>

/* What a spec makes of a file. */
static const struct example_row {
	const char *spec;
	mode_t old, umask, new;
} example_rows[] = {
	/* what documentation elsewhere teaches */
	{"a=rx,u+w", S_IFREG | 00000, 0022, 00755},
	{"u=rwx,g=rx,o=r", S_IFREG | 00000, 0022, 00754},
	{"u=rwX", S_IFDIR | 00000, 0022, 00700},
	{"u=rwX", S_IFREG | 00000, 0022, 00600},
	{"u=rws,g=rx,o=r", S_IFREG | 00000, 0022, 04654},
	{"u=rwxs,g=rx,o=r", S_IFREG | 00000, 0022, 04754},
	{"=rw", S_IFREG | 04777, 0027, 00640},
	{"u=rwx,g=rwx,o=rx", S_IFREG | 00000, 0022, 00775},
	{"u=rwx,g=rx,o=", S_IFREG | 07777, 0022, 00750},
	{"u=rw,g=r,o=r", S_IFREG | 07777, 0022, 00644},
	{"u=rw,g=r,o=", S_IFREG | 07777, 0022, 00640},
	{"u=rw,go=", S_IFREG | 07777, 0022, 00600},
	{"u=rwx,go=", S_IFREG | 07777, 0022, 00700},
	{"u=rw,go=r", S_IFREG | 07777, 0022, 00644},
	{"g+w", S_IFREG | 00644, 0022, 00664},
	/* 2.2: directories keep the set-ID bits that are not named */
	{"755", S_IFDIR | 06777, 0022, 06755},
	{"0755", S_IFDIR | 06777, 0022, 06755},
	{"u=rwx,go=rx", S_IFDIR | 06777, 0022, 06755},
	{"a=", S_IFDIR | 06777, 0022, 06000},
	{"=", S_IFDIR | 06777, 0022, 06000},
	{"=r", S_IFDIR | 06777, 0022, 06444},
	{"g=u", S_IFDIR | 06707, 0022, 06777},
	{"u-s", S_IFDIR | 06777, 0022, 02777},
	{"g-s", S_IFDIR | 06777, 0022, 04777},
	{"a-s", S_IFDIR | 06777, 0022, 00777},
	{"-s", S_IFDIR | 06777, 0022, 00777},
	{"00755", S_IFDIR | 06777, 0022, 00755},
	{"=755", S_IFDIR | 06777, 0022, 00755},
	{"-6000", S_IFDIR | 06777, 0022, 00777},
	{"2755", S_IFDIR | 04777, 0022, 06755},
	{"4755", S_IFDIR | 02777, 0022, 06755},
	{"u=s", S_IFDIR | 07755, 0022, 07055},
	/* files are exact */
	{"u=rwx", S_IFREG | 07777, 0022, 03777},
	{"g=u", S_IFREG | 07707, 0022, 05777},
	{"=r", S_IFREG | 07777, 0022, 00444},
	/* the sticky bit has no such protection, and belongs to others */
	{"o=rx", S_IFDIR | 01777, 0022, 00775},
	{"go=rx", S_IFDIR | 01777, 0022, 00755},
	{"a=rwx", S_IFDIR | 01777, 0022, 00777},
	{"=rwx", S_IFDIR | 01777, 0022, 00755},
	{"755", S_IFDIR | 01777, 0022, 00755},
	{"u=rx", S_IFDIR | 01777, 0022, 01577},
	{"g=rx", S_IFDIR | 01777, 0022, 01757},
	{"ug+t", S_IFDIR | 00777, 0022, 00777},
	{"o+t", S_IFDIR | 00777, 0022, 01777},
	{"+t", S_IFDIR | 00777, 0777, 01777},
	{"o+s", S_IFREG | 00755, 0022, 00755},
	{"uo+s", S_IFREG | 00755, 0022, 04755},
	/* the umask */
	{"-w", S_IFREG | 00777, 0022, 00577},
	{"-r", S_IFREG | 00777, 0022, 00333},
	{"-rwx", S_IFREG | 00777, 0022, 00022},
	{"-w,a-w", S_IFREG | 00777, 0022, 00555},
	{"-u", S_IFREG | 00777, 0022, 00022},
	{"-t", S_IFREG | 07777, 0777, 06777},
	{"-s", S_IFREG | 07777, 0777, 01777},
	{"-w", S_IFREG | 00777, 0777, 00777},
	{"+s", S_IFREG | 00777, 0777, 06777},
	{"+st", S_IFREG | 00000, 07777, 07000},
	{"=u", S_IFREG | 00754, 0027, 00750},
	{"-644", S_IFREG | 00777, 0777, 00133},
	{"-0", S_IFREG | 00777, 0022, 00777},
	/* X looks at the mode as changed so far */
	{"u+x,a+X", S_IFREG | 00644, 0022, 00755},
	{"a-x,a+X", S_IFREG | 00755, 0022, 00644},
	{"u=X", S_IFREG | 00755, 0022, 00155},
	{"a=,+rwX", S_IFREG | 00755, 0022, 00644},
	{"+x", S_IFREG | 00000, 0000, 00111},
};

/* Modes. */
static const char *const valid_rows[] = {/* 2.1 */
	"0", "7777", "07777", "000000000000000000000000755", "=755", "+0111", "-6000", "=600,u+x",
	"u+x,=600", "-w+4", "+r=4", "=0000000000000000000000007777", "u+", "=", "+,+x", "u++x",
	"+-", "==", "--", "g=u", "o=u-g", "uuu+x", "ugoa=rwxXst",
	/* 1.3 */
	"-", "-w", "-rwx", "-u+x", "-r,u+w", "-,u+x", "-=600", "-w,-x", "-s", "-t", "-u", "-g",
	"-o", "-X", "-=", "-+", "-0", "-4", "-644", "-0644", "-+x", "-=r", "-+644", "-g=u",
	"-u=rw,g=r", "-o=", "-u-w", "-x,+x", "-s+x", "--r", "--w", "-w,a-w"};

/* No modes, and the offset of the first byte that cannot stand there. */
static const struct invalid_row {
	const char *spec;
	size_t at;
} invalid_rows[] = {{"", 0}, {",", 0}, {"a", 1}, {"u", 1}, {"ugo", 3}, {"ug,+x", 2}, {"u+x,", 4},
	{"+x,", 3}, {",u+x", 0}, {",+x", 0}, {"u+x,,g+x", 4}, {"u+s,o", 5},
	/* letters that are none, or not there */
	{"x", 0}, {"r", 0}, {"rwx", 0}, {"bogus", 0}, {"b+x", 0}, {"U+x", 0}, {"u+z", 2},
	{"u+R", 2}, {"u*x", 1}, {"u:x", 1}, {"u~x", 1}, {"u +x", 1}, {"u+ x", 2}, {" u+x", 0},
	{"u+x ", 3}, {"u+x\n", 3}, {"u+x;g+x", 3}, {"u+x g+x", 3}, {"u+\303\251", 2}, {"\377", 0},
	{"\303\251+x", 0},
	/* a copy is one letter alone */
	{"+gr", 2}, {"u+gr", 3}, {"u+ug", 3}, {"u=go", 3}, {"u+rg", 3}, {"u+xg", 3}, {"+ur", 2},
	{"o=u-g4", 5}, {"u+ra", 3}, {"u=a", 2},
	/* numbers */
	{"8", 0}, {"79", 1}, {"7x", 1}, {"0x1ff", 1}, {"0o755", 1}, {" 755", 0}, {"755 ", 3},
	{"755\n", 3}, {"7,7", 1}, {"755,u+x", 3}, {"u+x,755", 4}, {"755+x", 3}, {"10000", 4},
	{"17777", 4}, {"00010000", 7}, {"99999", 0}, {"77777777777777", 4},
	{"40000000000000000000000000000755", 4}, {"20000000000", 4}, {"0777755", 5},
	/* numbers after an operator */
	{"u+4", 2}, {"a=644", 2}, {"ugo+1", 4}, {"=600+x", 4}, {"+40x", 3}, {"=4+4", 2}, {"=4=", 2},
	{"u+r=4", 4}, {"u+=4", 3}, {"+8", 1}, {"=48", 2}, {"+x4", 2}, {"=u4", 2}, {"=10000", 5},
	{"+77777", 5}, {"u+x,-00010000", 12}, {"+r=4,", 5}, {"=4,4", 3}, {"=4,u", 4}, {"=0x1", 2},
	/* 1.3 */
	{"-a", 1}, {"-a+x", 1}, {"-a-w", 1}, {"-,", 2}, {"-,,", 2}, {"-w,", 3}, {"-ru", 2},
	{"-us", 2}, {"-rz", 2}, {"-x8", 2}, {"-Rw", 1}, {"-vw", 1}, {"-cw", 1}, {"-fw", 1},
	{"-wv", 2}, {"-wR", 2}, {"-vu+x", 1}, {"-v755", 1}, {"-8", 1}, {"-n", 1}};

/* What stat -c %A shows, without the letter of the type. */
static const struct named_mode {
	mode_t mode;
	const char *text;
} named_modes[] = {
	{00777, "rwxrwxrwx"},
	{00755, "rwxr-xr-x"},
	{00700, "rwx------"},
	{04755, "rwsr-xr-x"},
	{02755, "rwxr-sr-x"},
	{01755, "rwxr-xr-t"},
	{04655, "rwSr-xr-x"},
	{02745, "rwxr-Sr-x"},
	{01754, "rwxr-xr-T"},
	{00604, "rw----r--"},
	{00701, "rwx-----x"},
	{07000, "--S--S--T"},
	{06543, "r-sr-S-wx"},
	{00000, "---------"},
};

#endif
