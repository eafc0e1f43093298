#include "progress.h"

#include "quote.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
	INTERVAL = 200, /* milliseconds */
	MOST_COLUMNS = 512,
};

/* A line as it grows: no byte of a character that does not fit gets in. */
struct line {
	size_t columns, most_columns;
	size_t len;
	bool is_cut;
	char text[4 * MOST_COLUMNS + 16];
};

/* The clock of vDSO: no system call. */
static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static unsigned milliseconds(int64_t time)
{
	return (unsigned)(time / 1000000);
}

static bool is_due(struct progress *p, int64_t time)
{
	return (int)(milliseconds(time) - atomic_load_explicit(&p->next, memory_order_relaxed)) >=
	       0;
}

void progress_start(struct progress *p, int fd, bool utf8, bool is_dry)
{
	const char *term = getenv("TERM");

	if (!isatty(fd) || term == NULL || *term == '\0' || strcmp(term, "dumb") == 0)
		return;
	p->is_on = true;
	p->utf8 = utf8;
	p->is_dry = is_dry;
	p->fd = fd;
	p->start = now();
	atomic_store(&p->next, milliseconds(p->start) + INTERVAL);
}

bool progress_count(struct progress *p, bool changed)
{
	atomic_fetch_add_explicit(&p->new_seen, 1, memory_order_relaxed);
	if (changed)
		atomic_fetch_add_explicit(&p->new_changed, 1, memory_order_relaxed);
	/* A look at the clock is cheap, and where files are slow each of them counts. */
	return is_due(p, now());
}

/* A quote_put_fn. Characters beyond ASCII count as wide, to be sure. */
static void put(void *ctx, const char *bytes, size_t len)
{
	struct line *line = ctx;

	for (size_t i = 0; i < len && !line->is_cut;) {
		size_t size = 1, columns = 1;
		if ((unsigned char)bytes[i] >= 0x80) {
			columns = 2;
			while (i + size < len && ((unsigned char)bytes[i + size] & 0xc0) == 0x80)
				size++;
		}
		if (line->columns + columns > line->most_columns) {
			line->is_cut = true;
			break;
		}
		memcpy(line->text + line->len, bytes + i, size);
		line->len += size;
		line->columns += columns;
		i += size;
	}
}

static void put_string(struct line *line, const char *string)
{
	put(line, string, strlen(string));
}

static void put_number(struct line *line, uint64_t number)
{
	char digits[24];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	put(line, digits + at, sizeof(digits) - at);
}

/* The end of PATH that fits: all of it, or what is left when its first directories are dropped. */
static void put_path(struct progress *p, struct line *line, const char *path, size_t len)
{
	char name[MOST_COLUMNS + sizeof(".../")];
	struct line before = *line;
	const char *end = path + len, *rest = path;

	if (len > MOST_COLUMNS)
		rest = memchr(end - MOST_COLUMNS, '/', MOST_COLUMNS);
	for (; rest != NULL; rest = memchr(rest + 1, '/', (size_t)(end - rest - 1))) {
		size_t dots = rest == path ? 0 : strlen("...");
		memcpy(name, "...", dots);
		memcpy(name + dots, rest, (size_t)(end - rest));
		name[dots + (size_t)(end - rest)] = '\0';
		*line = before;
		quote(QUOTE_IF_NEEDED, p->utf8, name, put, line);
		if (!line->is_cut || rest + 1 >= end)
			return;
	}
}

static size_t terminal_columns(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 80;
	return size.ws_col < MOST_COLUMNS ? size.ws_col : MOST_COLUMNS;
}

/* Nothing else can be done about a terminal that does not take it. */
static void write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);
		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

void progress_draw(struct progress *p, const char *path, size_t len)
{
	int64_t time = now(), elapsed = (time - p->start) / 1000000; /* milliseconds, not 0 */
	struct line line = {.most_columns = terminal_columns(p->fd) - 1};

	if (!is_due(p, time))
		return; /* another thread was faster */
	atomic_store(&p->next, milliseconds(time) + INTERVAL);
	p->seen += atomic_exchange(&p->new_seen, 0);
	p->changed += atomic_exchange(&p->new_changed, 0);
	put_number(&line, p->seen);
	put_string(&line, " files, ");
	put_number(&line, p->changed);
	put_string(&line, p->is_dry ? " to change, " : " changed, ");
	put_number(&line, p->seen * 1000 / (uint64_t)elapsed);
	put_string(&line, "/s: ");
	put_path(p, &line, path, len);
	write_all(p->fd, "\r", 1);
	write_all(p->fd, line.text, line.len);
	write_all(p->fd, "\033[K", 3);
	p->is_shown = true;
}

void progress_erase(struct progress *p)
{
	if (p->is_shown)
		write_all(p->fd, "\r\033[K", 4);
	p->is_shown = false;
}
