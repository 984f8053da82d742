/*
 * index.h - which source files a coverage report speaks of, and at which places.
 *
 * Opening an index is one pass over the report in constant memory; what stays is the table of names
 * and, for each, the byte ranges (sections) where the report speaks of it. Reading a source file then
 * costs its own sections and nothing else. Of a gzipped report offsets are those of what is inside, and
 * a reading unpacks up to its section. An index never changes: when the file has, open a new one.
 *
 * coverage.py's own data (a database) has names and no sections.
 */
#ifndef COVLS_DATA_INDEX_H
#define COVLS_DATA_INDEX_H

#include "base/name_set.h"
#include "base/progress.h"
#include "base/text_list.h"
#include "data/data.h"
#include "platform/file.h"

/* A run of bytes of the report, from `start` up to, not including, `end`, that is about one file. */
struct index_section {
	uint64_t start, end;
	uint32_t name; /* number of the file */
	uint32_t kind; /* whatever the format's reader makes of it */
};

struct data_index {
	char *path;
	struct file_stamp stamp; /* of the file that was read */
	struct data_info info;
	const struct data_format *format;

	/* Folders that the report itself means relative names from, in its words: Cobertura's <source>,
	 * gcov's current_working_directory. */
	struct text_list bases;

	/* For the format's reader. */
	uint32_t note;
	char encoding[40];

	/* Private. */
	struct name_set set; /* group 0; numbers from 1 */
	struct index_name {
		size_t start, len; /* in set.bytes */
	} * names;
	size_t name_count, name_cap;
	struct index_section *sections; /* by name, then start */
	size_t section_count, section_cap;
	size_t *first_section; /* of each name, and one past the last */
	bool zipped;
};

/*
 * Opens the index of the report at `path`; *index is the caller's to close, NULL unless it succeeds.
 * Errors as data_read()'s; STATUS_STOPPED if `progress` says so; it is stepped by the bytes of the file.
 */
enum status data_index_open(const char *path, struct progress *progress, struct data_index **index,
			    struct error *err);
void data_index_close(struct data_index *index); /* NULL is nothing */

/* The name of a file as written in the report; number < name_count. Lasts as long as the index. */
struct span data_index_name(const struct data_index *index, size_t number);

/* How much the format of the report tells; see struct data_format. */
int data_detail(const struct data_index *index);

/* False: the report does not speak of it. */
bool data_index_find(const struct data_index *index, struct span name, size_t *number);

/*
 * What the report says of one file: query->report, and query->answer, ->recorded. `names` is ignored; the
 * number tells. STATUS_BUSY: the file is no longer the one that was indexed. Of coverage.py's data the
 * query is answered as data_read() does.
 */
enum status data_index_read(const struct data_index *index, size_t number, struct data_query *query,
			    struct progress *progress, struct error *err);

#endif
