/*
 * file.h - what is on the disk: its state, and its bytes in pieces.
 */
#ifndef COVLS_PLATFORM_FILE_H
#define COVLS_PLATFORM_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

enum file_kind { FILE_NONE, FILE_REGULAR, FILE_FOLDER, FILE_OTHER };

/* Two equal stamps: as far as the system tells, the same file with the same content. */
struct file_stamp {
	enum file_kind kind;
	uint64_t device, inode, size;
	int64_t modified_ns; /* since 1970 */
	int64_t changed_ns; /* of the inode: renamed, copied with its times, unpacked; no part of equality */
};

/* What is there now, symbolic links followed; kind FILE_NONE when there is nothing or no access. */
struct file_stamp file_stamp(const char *path);

/* When the file came into being, in nanoseconds since 1970: what is written into it leaves that as it is,
 * another file in its place has another one. 0: there is none, or the system does not tell. */
int64_t file_born_ns(const char *path);

/* Does the file system that a folder lies on take names in any case for the same? Asked of the system by
 * the folder's own name in another case; false if that can't be told. */
bool file_ignores_case(const char *folder);

bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b);

/* Are two paths one file or folder, by links perhaps? The same path is, also where nothing lies there. */
bool file_is_same(const char *a, const char *b);

/* Takes the next piece; false ends the reading. */
typedef bool file_piece_fn(void *ctx, struct span piece);

/*
 * Reads a regular file from front to end in pieces of at most 64 KiB. Anything else that has the name
 * (a folder, a pipe) is refused without being opened for reading.
 */
enum status file_read(const char *path, file_piece_fn *on_piece, void *ctx, struct error *err);

/*
 * A regular file that is read at several places. `stamp` is of the file that was opened, whatever has the
 * name later. End it with file_input_close(), also if opening failed.
 */
struct file_input {
	const char *path; /* borrowed */
	int fd;
	struct file_stamp stamp;
};

enum status file_input_open(struct file_input *in, const char *path, struct error *err);

/* Bytes from `offset` on, into `bytes`; *len tells how many, fewer than `most` only at the end. */
enum status file_input_read(const struct file_input *in, uint64_t offset, char *bytes, size_t most,
			    size_t *len, struct error *err);

/* Has the file been changed, or another one put in its place, since it was opened? */
bool file_input_changed(const struct file_input *in);

void file_input_close(struct file_input *in);

/* The first bytes of a regular file, at most `most`, into `bytes`; *len tells how many there are. */
enum status file_read_head(const char *path, char *bytes, size_t most, size_t *len,
			   struct error *err);

/* The whole file into `out`, replacing its content; more than `most` bytes are STATUS_LIMIT. */
enum status file_read_all(const char *path, struct buf *out, size_t most, struct error *err);

/* Takes the name of one entry of a folder. */
typedef void file_name_fn(void *ctx, const char *name);

/* What is in a folder, in any order, without "." and "..". */
enum status file_list(const char *folder, file_name_fn *on_name, void *ctx, struct error *err);

#endif
