#include "text.h"

#include <errno.h>
#include <locale.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What can happen to a chmod; the words of other errors are left to strerror(3). */
static const struct {
	int err;
	const char *text;
} errors[] = {
	{EPERM, "Operation not permitted"},
	{ENOENT, "No such file or directory"},
	{EINTR, "Interrupted system call"},
	{EIO, "Input/output error"},
	{ENXIO, "No such device or address"},
	{EBADF, "Bad file descriptor"},
	{EAGAIN, "Resource temporarily unavailable"},
	{ENOMEM, "Cannot allocate memory"},
	{EACCES, "Permission denied"},
	{EFAULT, "Bad address"},
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
	{EPIPE, "Broken pipe"},
	{ERANGE, "Numerical result out of range"},
	{EDEADLK, "Resource deadlock avoided"},
	{ENAMETOOLONG, "File name too long"},
	{ENOLCK, "No locks available"},
	{ENOSYS, "Function not implemented"},
	{ENOTEMPTY, "Directory not empty"},
	{ELOOP, "Too many levels of symbolic links"},
	{ENODATA, "No data available"},
	{ETIME, "Timer expired"},
	{EREMOTE, "Object is remote"},
	{ENOLINK, "Link has been severed"},
	{ECOMM, "Communication error on send"},
	{EPROTO, "Protocol error"},
	{EBADMSG, "Bad message"},
	{EOVERFLOW, "Value too large for defined data type"},
	{EILSEQ, "Invalid or incomplete multibyte or wide character"},
	{EUSERS, "Too many users"},
	{EOPNOTSUPP, "Operation not supported"},
	{EADDRINUSE, "Address already in use"},
	{ENETDOWN, "Network is down"},
	{ENETUNREACH, "Network is unreachable"},
	{ECONNABORTED, "Software caused connection abort"},
	{ECONNRESET, "Connection reset by peer"},
	{ENOBUFS, "No buffer space available"},
	{ENOTCONN, "Transport endpoint is not connected"},
	{ESHUTDOWN, "Cannot send after transport endpoint shutdown"},
	{ETIMEDOUT, "Connection timed out"},
	{ECONNREFUSED, "Connection refused"},
	{EHOSTDOWN, "Host is down"},
	{EHOSTUNREACH, "No route to host"},
	{ESTALE, "Stale file handle"},
	{EUCLEAN, "Structure needs cleaning"},
	{EREMOTEIO, "Remote I/O error"},
	{EDQUOT, "Disk quota exceeded"},
	{ENOMEDIUM, "No medium found"},
	{EMEDIUMTYPE, "Wrong medium type"},
	{ECANCELED, "Operation canceled"},
	{ENOKEY, "Required key not available"},
	{EKEYEXPIRED, "Key has expired"},
	{EKEYREVOKED, "Key has been revoked"},
	{EKEYREJECTED, "Key was rejected by service"},
};

const char *text_error(int err)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].err == err)
			return errors[i].text;
	return strerror(err);
}

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

bool text_locale_is_utf8(void)
{
	/* language[_territory][.codeset][@modifier] */
	const char *codeset = strchr(locale_name(), '.');
	size_t len;

	if (codeset == NULL)
		return false;
	codeset++;
	len = strcspn(codeset, "@");
	if (!(len == 5 && strncasecmp(codeset, "utf-8", len) == 0) &&
		!(len == 4 && strncasecmp(codeset, "utf8", len) == 0))
		return false;
#ifdef __GLIBC__
	return setlocale(LC_CTYPE, "") != NULL;
#else
	return true;
#endif
}
