#include "platform/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

#define BUFFER_SIZE ((size_t)64 * 1024)

static void
init(struct output *o, int fd)
{
	*o = (struct output){ .at = mem_alloc(BUFFER_SIZE, 1), .cap = BUFFER_SIZE, .fd = fd };
}

/* Makes the folder of `path` and those above it, as far as they are missing. */
static void
make_folders(const char *path)
{
	char *folder = mem_copy(path);

	for (char *slash = strchr(folder + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		/* If it cannot be made, opening the file in it tells why. */
		(void)mkdir(folder, 0777);
		*slash = '/';
	}
	free(folder);
}

static enum status
open_file(struct output *o, const char *path, int flags, mode_t mode, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | flags, mode);

	if (fd < 0)
		return error_set(err, STATUS_DENIED, "cannot write '%s': %s", path,
				 strerror(errno));
	init(o, fd);
	o->path = mem_copy(path);
	return STATUS_OK;
}

enum status
output_open(struct output *o, const char *path, struct error *err)
{
	if (strcmp(path, "-") == 0) {
		init(o, STDOUT_FILENO);
		return STATUS_OK;
	}
	make_folders(path);
	return open_file(o, path, O_TRUNC, 0666, err);
}

enum status
output_open_private(struct output *o, const char *path, struct error *err)
{
	return open_file(o, path, O_EXCL, 0600, err);
}

void
output_open_spool(struct output *o)
{
	init(o, -1);
	o->is_spool = true;
}

/* A file without a name. */
static int
open_temporary(void)
{
	const char *folder = getenv("TMPDIR");
	struct buf path = { 0 };
	int fd;

	buf_addf(&path, "%s/covls-XXXXXX", folder != NULL && *folder != '\0' ? folder : "/tmp");
	fd = mkstemp(buf_text(&path));
	if (fd >= 0)
		unlink(buf_text(&path));
	buf_free(&path);
	return fd;
}

static void
write_out(struct output *o, struct span bytes)
{
	if (o->is_spool && o->fd < 0 && o->error == 0) {
		o->fd = open_temporary();
		o->error = o->fd < 0 ? errno : 0;
	}
	o->written += bytes.len;
	while (bytes.len > 0 && o->error == 0) {
		ssize_t n = write(o->fd, bytes.at, bytes.len);

		if (n >= 0)
			span_skip(&bytes, (size_t)n);
		else if (errno != EINTR)
			o->error = errno;
	}
}

void
output_flush(struct output *o)
{
	write_out(o, (struct span){ o->at, o->len });
	o->len = 0;
}

enum status
output_close(struct output *o, bool keep, struct error *err)
{
	enum status status = STATUS_OK;

	if (!o->is_spool)
		output_flush(o);
	if (o->fd >= 0 && o->fd != STDOUT_FILENO && close(o->fd) != 0 && o->error == 0)
		o->error = errno;
	if (!keep && o->path != NULL)
		unlink(o->path);
	else if (o->error != 0 && keep)
		status = error_set(err, STATUS_DENIED, "cannot write '%s': %s",
				   o->is_spool       ? "a temporary file"
				   : o->path == NULL ? "standard output"
						     : o->path,
				   strerror(o->error));
	free(o->at);
	free(o->path);
	*o = (struct output){ .fd = -1 };
	return status;
}

void
output_add(struct output *o, struct span bytes)
{
	if (bytes.len > o->cap - o->len)
		output_flush(o);
	if (bytes.len > o->cap) {
		write_out(o, bytes);
	} else if (bytes.len > 0) {
		memcpy(o->at + o->len, bytes.at, bytes.len);
		o->len += bytes.len;
	}
}

void
output_text(struct output *o, const char *text)
{
	output_add(o, span_of(text));
}

/* By hand: a report is mostly numbers, and printf() takes its time over each. */
void
output_uint(struct output *o, uint64_t number)
{
	char digits[24];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	memcpy(output_room(o, sizeof digits), digits + at, sizeof digits - at);
	o->len += sizeof digits - at;
}

void
output_int(struct output *o, int64_t number)
{
	if (number < 0)
		output_char(o, '-');
	output_uint(o, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void
output_addf(struct output *o, const char *fmt, ...)
{
	struct buf text = { 0 };
	va_list args, again;
	int len;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len > 0) {
		vsnprintf(buf_room(&text, (size_t)len), (size_t)len + 1, fmt, again);
		output_add(o, (struct span){ text.at, (size_t)len });
	}
	va_end(again);
	buf_free(&text);
}

uint64_t
output_offset(const struct output *o)
{
	return o->written + o->len;
}

/* The part of it that lies in the temporary file; returns how much that was. */
static uint64_t
copy_written(struct output *to, struct output *spool, uint64_t from, uint64_t len)
{
	uint64_t done = 0, most = from >= spool->written ? 0 : spool->written - from;

	most = most < len ? most : len;
	while (done < most && spool->error == 0) {
		size_t piece =
			most - done < OUTPUT_ROOM_MAX ? (size_t)(most - done) : OUTPUT_ROOM_MAX;
		ssize_t n = pread(spool->fd, output_room(to, piece), piece, (off_t)(from + done));

		if (n > 0) {
			to->len += (size_t)n;
			done += (uint64_t)n;
		} else if (n == 0 || errno != EINTR) {
			spool->error = n == 0 ? EIO : errno;
		}
	}
	return done;
}

void
output_copy(struct output *to, struct output *spool, uint64_t from, uint64_t len)
{
	uint64_t done = copy_written(to, spool, from, len);

	if (spool->error != 0)
		to->error = to->error == 0 ? spool->error : to->error;
	else if (done < len)
		output_add(to, (struct span){ spool->at + (from + done - spool->written),
					      (size_t)(len - done) });
}
