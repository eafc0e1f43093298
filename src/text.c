#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#ifdef __GLIBC__

const char *text_error(int err)
{
	return strerror(err);
}

#else

static const struct {
	int err;
	const char *text;
} errors[] = {
	{EPERM, "Operation not permitted"},
	{ENOENT, "No such file or directory"},
	{ESRCH, "No such process"},
	{EINTR, "Interrupted system call"},
	{EIO, "Input/output error"},
	{ENXIO, "No such device or address"},
	{E2BIG, "Argument list too long"},
	{ENOEXEC, "Exec format error"},
	{EBADF, "Bad file descriptor"},
	{ECHILD, "No child processes"},
	{EAGAIN, "Resource temporarily unavailable"},
	{ENOMEM, "Cannot allocate memory"},
	{EACCES, "Permission denied"},
	{EFAULT, "Bad address"},
	{ENOTBLK, "Block device required"},
	{EBUSY, "Device or resource busy"},
	{EEXIST, "File exists"},
	{EXDEV, "Invalid cross-device link"},
	{ENODEV, "No such device"},
	{ENOTDIR, "Not a directory"},
	{EISDIR, "Is a directory"},
	{EINVAL, "Invalid argument"},
	{ENFILE, "Too many open files in system"},
	{EMFILE, "Too many open files"},
	{ENOTTY, "Inappropriate ioctl for device"},
	{ETXTBSY, "Text file busy"},
	{EFBIG, "File too large"},
	{ENOSPC, "No space left on device"},
	{ESPIPE, "Illegal seek"},
	{EROFS, "Read-only file system"},
	{EMLINK, "Too many links"},
	{EPIPE, "Broken pipe"},
	{EDOM, "Numerical argument out of domain"},
	{ERANGE, "Numerical result out of range"},
	{EDEADLOCK, "Resource deadlock avoided"},
	{ENAMETOOLONG, "File name too long"},
	{ENOLCK, "No locks available"},
	{ENOSYS, "Function not implemented"},
	{ENOTEMPTY, "Directory not empty"},
	{ELOOP, "Too many levels of symbolic links"},
	{ENOMSG, "No message of desired type"},
	{EIDRM, "Identifier removed"},
	{ECHRNG, "Channel number out of range"},
	{EL2NSYNC, "Level 2 not synchronized"},
	{EL3HLT, "Level 3 halted"},
	{EL3RST, "Level 3 reset"},
	{ELNRNG, "Link number out of range"},
	{EUNATCH, "Protocol driver not attached"},
	{ENOCSI, "No CSI structure available"},
	{EL2HLT, "Level 2 halted"},
	{EBADE, "Invalid exchange"},
	{EBADR, "Invalid request descriptor"},
	{EXFULL, "Exchange full"},
	{ENOANO, "No anode"},
	{EBADRQC, "Invalid request code"},
	{EBADSLT, "Invalid slot"},
	{EBFONT, "Bad font file format"},
	{ENOSTR, "Device not a stream"},
	{ENODATA, "No data available"},
	{ETIME, "Timer expired"},
	{ENOSR, "Out of streams resources"},
	{ENONET, "Machine is not on the network"},
	{ENOPKG, "Package not installed"},
	{EREMOTE, "Object is remote"},
	{ENOLINK, "Link has been severed"},
	{EADV, "Advertise error"},
	{ESRMNT, "Srmount error"},
	{ECOMM, "Communication error on send"},
	{EPROTO, "Protocol error"},
	{EMULTIHOP, "Multihop attempted"},
	{EDOTDOT, "RFS specific error"},
	{EBADMSG, "Bad message"},
	{EOVERFLOW, "Value too large for defined data type"},
	{ENOTUNIQ, "Name not unique on network"},
	{EBADFD, "File descriptor in bad state"},
	{EREMCHG, "Remote address changed"},
	{ELIBACC, "Can not access a needed shared library"},
	{ELIBBAD, "Accessing a corrupted shared library"},
	{ELIBSCN, ".lib section in a.out corrupted"},
	{ELIBMAX, "Attempting to link in too many shared libraries"},
	{ELIBEXEC, "Cannot exec a shared library directly"},
	{EILSEQ, "Invalid or incomplete multibyte or wide character"},
	{ERESTART, "Interrupted system call should be restarted"},
	{ESTRPIPE, "Streams pipe error"},
	{EUSERS, "Too many users"},
	{ENOTSOCK, "Socket operation on non-socket"},
	{EDESTADDRREQ, "Destination address required"},
	{EMSGSIZE, "Message too long"},
	{EPROTOTYPE, "Protocol wrong type for socket"},
	{ENOPROTOOPT, "Protocol not available"},
	{EPROTONOSUPPORT, "Protocol not supported"},
	{ESOCKTNOSUPPORT, "Socket type not supported"},
	{ENOTSUP, "Operation not supported"},
	{EPFNOSUPPORT, "Protocol family not supported"},
	{EAFNOSUPPORT, "Address family not supported by protocol"},
	{EADDRINUSE, "Address already in use"},
	{EADDRNOTAVAIL, "Cannot assign requested address"},
	{ENETDOWN, "Network is down"},
	{ENETUNREACH, "Network is unreachable"},
	{ENETRESET, "Network dropped connection on reset"},
	{ECONNABORTED, "Software caused connection abort"},
	{ECONNRESET, "Connection reset by peer"},
	{ENOBUFS, "No buffer space available"},
	{EISCONN, "Transport endpoint is already connected"},
	{ENOTCONN, "Transport endpoint is not connected"},
	{ESHUTDOWN, "Cannot send after transport endpoint shutdown"},
	{ETOOMANYREFS, "Too many references: cannot splice"},
	{ETIMEDOUT, "Connection timed out"},
	{ECONNREFUSED, "Connection refused"},
	{EHOSTDOWN, "Host is down"},
	{EHOSTUNREACH, "No route to host"},
	{EALREADY, "Operation already in progress"},
	{EINPROGRESS, "Operation now in progress"},
	{ESTALE, "Stale file handle"},
	{EUCLEAN, "Structure needs cleaning"},
	{ENOTNAM, "Not a XENIX named type file"},
	{ENAVAIL, "No XENIX semaphores available"},
	{EISNAM, "Is a named type file"},
	{EREMOTEIO, "Remote I/O error"},
	{EDQUOT, "Disk quota exceeded"},
	{ENOMEDIUM, "No medium found"},
	{EMEDIUMTYPE, "Wrong medium type"},
	{ECANCELED, "Operation canceled"},
	{ENOKEY, "Required key not available"},
	{EKEYEXPIRED, "Key has expired"},
	{EKEYREVOKED, "Key has been revoked"},
	{EKEYREJECTED, "Key was rejected by service"},
	{EOWNERDEAD, "Owner died"},
	{ENOTRECOVERABLE, "State not recoverable"},
	{ERFKILL, "Operation not possible due to RF-kill"},
#ifdef EHWPOISON
	{EHWPOISON, "Memory page has hardware error"},
#endif
};

const char *text_error(int err)
{
	static _Thread_local char unknown[sizeof("Unknown error -2147483648")];
	char *end = unknown + sizeof(unknown);
	unsigned number = err < 0 ? 0U - (unsigned)err : (unsigned)err;

	if (err == 0)
		return "Success";
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].err == err)
			return errors[i].text;
	/* File systems in user space may answer anything. */
	*--end = '\0';
	do
		*--end = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	if (err < 0)
		*--end = '-';
	end -= strlen("Unknown error ");
	return memcpy(end, "Unknown error ", strlen("Unknown error "));
}

#endif

/* The locale for LC_CTYPE that the environment asks for, by POSIX's order. */
static const char *locale_name(void)
{
	static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *value = getenv(variables[i]);
		if (value != NULL && *value != '\0')
			return value;
	}
	return "C";
}

/* Whether CODESET is UTF-8 in one of its spellings: case and punctuation do not count. */
static bool names_utf8(const char *codeset)
{
	const char *rest = "utf8";

	for (; *codeset != '\0' && *codeset != '@'; codeset++) {
		unsigned char c = (unsigned char)*codeset;
		if (!isalnum(c))
			continue;
		if (tolower(c) != *rest)
			return false;
		rest++;
	}
	return *rest == '\0';
}

bool text_locale_names_utf8(void)
{
	/* language[_territory][.codeset][@modifier] */
	const char *codeset = strchr(locale_name(), '.');

	return codeset != NULL && names_utf8(codeset + 1);
}

bool text_locale_is_utf8(void)
{
	if (!text_locale_names_utf8())
		return false;
#ifdef __GLIBC__
	/*
	 * GNU's tools ask for all categories, and stay in the C locale if one of them is missing.
	 */
	if (setlocale(LC_ALL, "") == NULL)
		return false;
	(void)setlocale(LC_MESSAGES, "C"); /* for strerror(3) */
#endif
	return true;
}
