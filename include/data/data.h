/*
 * data.h - coverage files: what ran, according to whoever measured it.
 *
 * A coverage file in any of the formats of data/formats.c answers two questions: which source files
 * does it speak of (data_list), and which lines of these few ran (data_read). Each call opens the
 * file, reads what was asked for and nothing else, and closes it again: nothing is held between
 * calls, no lock outlives one, and the file is never written. Both may block for a few hundred
 * milliseconds when somebody else is writing, and for longer when there is much to read, so the
 * server calls them from a job. Calls from several threads take turns. Nothing else in the process
 * may open a data file: by POSIX's rules, closing it would drop the lock that SQLite holds on it.
 *
 * "Nothing ran" (DATA_NOT_RUN: every statement of the file is missed) and "nothing known"
 * (DATA_UNKNOWN: the file was not measured) are different answers.
 */
#ifndef COVLS_DATA_DATA_H
#define COVLS_DATA_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text_list.h"
#include "data/report.h"
#include "text/arc_list.h"
#include "text/line_set.h"

enum data_answer {
	DATA_UNKNOWN, /* the data does not speak of this file */
	DATA_NOT_RUN, /* measured, and nothing in it ran */
	DATA_RAN,     /* it ran; of a module without lines (an empty __init__.py) no line */
};

enum data_want {
	DATA_WANT_ARCS = 1,
	DATA_WANT_CONTEXTS = 2,     /* contexts.at */
	DATA_WANT_CONTEXT_ROWS = 4, /* contexts.rows, for whoever unites several files */
};

/* Line `line` ran under the context names[context]. */
struct data_context_line {
	uint32_t line; /* 0: an empty module that was imported; coverage.py tells of it too */
	uint32_t context;
};

/* A row of the data: of arcs, the arc `from`, `to` with either sign; of lines, `from` alone. */
struct data_context_row {
	uint32_t context;
	int32_t from, to;
};

/*
 * Under which contexts each line ran, as contexts_by_lineno() in coverage/sqldata.py, 7.16. The lines
 * stand in the order of its dict, which is that of their first meeting: by context in the order in
 * which the data numbers them, then by arc or line; all contexts of a line stand together. coverage.py
 * leaves open in which order it names the contexts of one line (it goes by the hash of strings, which
 * is another one in each process); here it is the data's.
 */
struct data_contexts {
	char **names; /* each once; of runs without contexts, the one "" */
	size_t name_count, name_cap;
	struct data_context_line *at; /* each pair once */
	size_t count;
	struct data_context_row *rows; /* in the data's order */
	size_t row_count, row_cap;
	bool rows_are_arcs;
};

/* A choice of contexts; made by data_filter_compile(). */
struct data_filter;

/* One source file that is asked about. Zero it, set the names, free it with data_query_free(). */
struct data_query {
	/* Under which names the data may know the file, best first; NULL-terminated, borrowed. */
	const char *const *names;

	/* Only what ran under these contexts counts for the answer; borrowed. NULL: under any. A file of
	 * which nothing did is DATA_NOT_RUN. */
	const struct data_filter *filter;

	/* What else is wanted of the data, besides the lines. */
	unsigned want; /* enum data_want */

	/* The answer, filled by data_read(). Memory is owned by the query. */
	enum data_answer answer;
	char *recorded; /* the name that was found, as written in the data; NULL if UNKNOWN */
	char *tracer;   /* the plugin that measured it (then it is not Python), or NULL */
	struct report
		*report;      /* what a report says of it; NULL: coverage.py's data, which says only
				* what ran: below. Of a report `ran` and `arcs` are empty. */
	struct line_set ran;  /* every line the data calls run: raw, not mapped to statements */
	struct arc_list arcs; /* DATA_WANT_ARCS: as recorded, sorted; empty if the data has none */
	struct data_contexts contexts;
};

/* The most rows of contexts of one source file that anybody may ask for. */
#define DATA_CONTEXT_ROWS_MAX (UINT32_C(1) << 25)

/* About the data as a whole. */
struct data_info {
	const char *format; /* as named in the table of formats: "coverage.py" */
	char producer[32];  /* "coverage.py 7.16.1"; empty if the data does not say */
	bool has_branches;  /* recorded with branches (arcs) */
	bool has_rows;      /* it holds any line or arc at all; of data_list() alone */
	uint32_t files;     /* source files it speaks of */
	char warning[320];  /* something a person should know, or empty */
	char reason[64];    /* of a failure, and only then: why, if coverage.py has words for it */
};

/*
 * Answers all `count` queries from one consistent state of the file at `path`. On failure no query
 * is touched, and the earlier answers, if any, are still true of the earlier file. `info` may be NULL; if it fails,
 * info->reason alone is filled.
 * STATUS_MISSING: no such file. STATUS_EMPTY: a run may just have begun. STATUS_BUSY: somebody is
 * writing it; it is locked, or it changed this very moment and made no sense: ask again in half a
 * second, even if no event comes. STATUS_BAD_DATA: not readable as what it is; *err says what and
 * what to do. STATUS_LIMIT: more than covls takes. STATUS_DENIED: the system does not let us.
 */
enum status data_read(const char *path, struct data_query *queries, size_t count,
		      struct data_info *info, struct error *err);

/* Called for each source file the data speaks of, in rising byte order of name; `name` is borrowed. */
typedef void data_name_fn(void *ctx, const char *name, const char *tracer);

/* Lists the files. Returns as data_read(). The callback runs after the data file was closed. */
enum status data_list(const char *path, data_name_fn *on_name, void *ctx, struct data_info *info,
		      struct error *err);

/* A source file of some data; borrowed. */
struct data_record {
	const char *name, *tracer;
	bool has_rows; /* false: nothing of it ran */
};

typedef void data_record_fn(void *ctx, const struct data_record *record);

/* The same in the order of the data, which is the one in which coverage.py meets them. */
enum status data_list_as_recorded(const char *path, data_record_fn *on_record, void *ctx,
				  struct data_info *info, struct error *err);

/* The names of all contexts in the order in which the data numbers them; tracer is NULL. */
enum status data_list_contexts(const char *path, data_name_fn *on_name, void *ctx,
			       struct error *err);

/* The name of the format that the file at `path` has by its first bytes, or NULL if covls doesn't read
 * it: *err says what it is, if that can be told, and which tool makes a report of it. The file of a database
 * that is not coverage.py's passes here. */
const char *data_recognize(const char *path, struct error *err);

/* Is that the name of coverage.py's own format, its database? All others are reports. NULL: no. */
bool data_is_database(const char *format);

/* Two files with the same content have the same digest, and others, but for an accident, have not. */
struct data_digest {
	uint64_t size, hash;
};

enum status data_take_digest(const char *path, struct data_digest *digest, struct error *err);

/*
 * Copies the bytes of a data file to `to`, a new file that the user alone may read, and takes their digest,
 * which is that of data_take_digest(). The copy is of one moment of the file: a database is locked
 * meanwhile, as for a read, and refused while a journal that is still needed, or a write-ahead log, lies
 * beside it. On failure nothing lies at `to`, but for what lay there before, which is refused. STATUS_LIMIT: it
 * is longer than `most`. STATUS_BUSY: somebody is writing it. Else as data_read().
 */
enum status data_copy(const char *path, const char *to, uint64_t most, struct data_digest *digest,
		      struct error *err);

/* Frees the answer and takes it back to DATA_UNKNOWN; the names, what is wanted and the filter stay. */
void data_query_free(struct data_query *query);

/*
 * The contexts in which one of the regular expressions of Python's dialect finds something, as
 * CoverageData.set_query_contexts() in coverage/sqldata.py, 7.16; of an empty list *filter is NULL: all
 * contexts. STATUS_USAGE: one of them is not valid; *err says it in coverage.py's words. A filter isn't
 * changed by its use and may be used by several threads at once. End it with data_filter_free().
 */
enum status data_filter_compile(struct data_filter **filter, const struct text_list *regexes,
				struct error *err);
void data_filter_free(struct data_filter *filter);

/* Fills `at` from `rows`. */
void data_contexts_from_rows(struct data_contexts *contexts);
void data_contexts_free(struct data_contexts *contexts);

#endif
