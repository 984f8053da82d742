/*
 * dot_coverage.c - the database of coverage.py 5.0 and newer: SQLite, schema 7 (coverage/sqldata.py,
 * 7.16; the schema has been the same since 5.0).
 *
 * What ran is kept either as lines (`line_bits`, one bitmap a file and context) or as arcs (`arc`,
 * one row a jump from line to line), never both. Contexts are united. A line of arc data ran if it
 * is at either end of an arc; 0 and negative numbers are entries and exits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "contexts.h"
#include "text/numbits.h"
#include "visit.h"

#define SCHEMA 7

static const char magic[] = "SQLite format 3"; /* the NUL belongs to it */

/* coverage.py 4: JSON after this text. */
static const char magic_4[] = "!coverage.py: This is a private format";

static const char file_sql[] =
	"select id, (select tracer from tracer where file_id = file.id) from file where path = ?1";
/* A bitmap of more than 2 MiB is no real file's. length() does not load it; loading a blob larger
 * than VISIT_VALUE_MAX would end the visit. */
static const char numbits_sql[] =
	"select numbits from line_bits where file_id = ?1 and length(numbits) <= 2097152";
/* Without `distinct`, which would sort them all: a line set takes care of that. */
static const char arcs_sql[] = "select fromno, tono from arc where file_id = ?1";

/*
 * The same with the context. The order of rows matters then, and is that of the indexes, (file_id,
 * context_id, ...), as for the statements of coverage/sqldata.py, which have no `order by` either: one
 * would make SQLite write a temporary file where a hostile database has no such index.
 */
static const char numbits_by_context_sql[] = "select numbits, context_id from line_bits "
					     "where file_id = ?1 and length(numbits) <= 2097152";
static const char arcs_by_context_sql[] =
	"select fromno, tono, context_id from arc where file_id = ?1";
static const char arc_file_sql[] = "select min(file_id) from arc where file_id >= ?1";
static const char line_file_sql[] = "select min(file_id) from line_bits where file_id >= ?1";
static const char context_sql[] = "select context from context where id = ?1";

static const char *const table_names[] = {
	"coverage_schema", "meta", "file", "context", "line_bits", "arc", "tracer",
};

#define TABLE_COUNT (sizeof table_names / sizeof table_names[0])

/* What the database says of itself. */
struct database {
	bool tables[TABLE_COUNT]; /* in the order of table_names: is it there? */
	bool has_schema;
	int64_t schema;
	bool knows_arcs; /* `meta` says whether the data is arcs */
	bool has_arcs;
	char producer[sizeof((struct data_info *)NULL)->producer];
};

/* --- values that may be anything --------------------------------------------------------------- */

/* The bytes of a text or blob without NUL inside; at is NULL if the column is anything else. */
static struct span
column_name(sqlite3_stmt *stmt, int column)
{
	int type = sqlite3_column_type(stmt, column);
	struct span name = { 0 };

	if (type != SQLITE_TEXT && type != SQLITE_BLOB)
		return name;
	name.at = sqlite3_column_blob(stmt, column);
	name.len = (size_t)sqlite3_column_bytes(stmt, column);
	if (name.at == NULL || name.len > DATA_NAME_MAX || memchr(name.at, '\0', name.len) != NULL)
		return (struct span){ 0 };
	return name;
}

/* The same for the name of a context, which may be empty; coverage.py knows texts alone. */
static struct span
column_context(sqlite3_stmt *stmt, int column)
{
	if (sqlite3_column_type(stmt, column) != SQLITE_TEXT)
		return (struct span){ 0 };
	if (sqlite3_column_bytes(stmt, column) == 0)
		return SPAN("");
	return column_name(stmt, column);
}

/* Of names that are shown and never looked up, what is not plain ASCII becomes '?'. */
static void
make_plain(char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < ' ' || *text > '~')
			*text = '?';
	}
}

static char *
plain_copy(struct span name)
{
	char *copy;

	if (name.len == 0)
		return NULL;
	copy = mem_text(name.at, name.len);
	make_plain(copy);
	return copy;
}

/* --- what kind of database it is --------------------------------------------------------------- */

static enum status
on_master_row(struct visit *v, sqlite3_stmt *stmt, void *ctx)
{
	struct database *d = ctx;
	const char *name = (const char *)sqlite3_column_text(stmt, 0);
	const char *type = (const char *)sqlite3_column_text(stmt, 1);

	(void)v;
	/* Not a view, nor a virtual table, which has no root page. */
	if (sqlite3_stricmp(type, "table") != 0 || sqlite3_column_int64(stmt, 2) <= 0)
		return STATUS_OK;
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		if (sqlite3_stricmp(name, table_names[i]) == 0)
			d->tables[i] = true;
	}
	return STATUS_OK;
}

static enum status
on_schema_row(struct visit *v, sqlite3_stmt *stmt, void *ctx)
{
	struct database *d = ctx;

	if (sqlite3_column_type(stmt, 0) != SQLITE_INTEGER)
		return visit_set_damaged(v, "its schema number is none");
	d->has_schema = true;
	d->schema = sqlite3_column_int64(stmt, 0);
	return STATUS_OK;
}

static enum status
on_meta_row(struct visit *v, sqlite3_stmt *stmt, void *ctx)
{
	struct database *d = ctx;
	struct span key = column_name(stmt, 0), value;

	(void)v;
	if (key.at == NULL)
		return STATUS_OK;
	if (span_equal(key, SPAN("has_arcs"))) {
		d->knows_arcs = true;
		d->has_arcs = sqlite3_column_int64(stmt, 1) != 0;
		return STATUS_OK;
	}
	value = column_name(stmt, 1);
	if (value.at != NULL) {
		snprintf(d->producer, sizeof d->producer, "coverage.py %.*s", (int)value.len,
			 value.at);
		make_plain(d->producer);
	}
	return STATUS_OK;
}

static enum status
on_number_row(struct visit *v, sqlite3_stmt *stmt, void *ctx)
{
	(void)v;
	*(int64_t *)ctx = sqlite3_column_int64(stmt, 0);
	return STATUS_OK;
}

static enum status
read_number(struct visit *v, const char *sql, int64_t *number)
{
	*number = 0;
	return visit_rows(v, sql, on_number_row, number);
}

static enum status
check_schema(struct visit *v, struct database *d)
{
	enum status status;

	status = visit_rows(v, "select name, type, rootpage from sqlite_master", on_master_row, d);
	if (status != STATUS_OK)
		return status;
	if (!d->tables[0])
		return error_set(v->err, STATUS_BAD_DATA,
				 "'%s' is an SQLite database, but not one of coverage.py",
				 v->file->path);
	status = visit_rows(v, "select version from coverage_schema limit 1", on_schema_row, d);
	if (status != STATUS_OK)
		return status;
	if (d->has_schema && d->schema < SCHEMA)
		return error_set(v->err, STATUS_BAD_DATA,
				 "'%s' has schema %lld, of a coverage.py from before 5.0; "
				 "run the tests again with coverage 5.0 or newer",
				 v->file->path, (long long)d->schema);
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		if (!d->tables[i])
			return visit_set_damaged(v, "a table is missing");
	}
	return STATUS_OK;
}

/* Databases that were cut out of others by hand may not say of which kind they are. */
static enum status
look_for_arcs(struct visit *v, struct database *d)
{
	int64_t there;
	enum status status = read_number(v, "select exists (select 1 from arc)", &there);

	d->has_arcs = there != 0;
	return status;
}

static enum status
check_content(struct visit *v, struct database *d)
{
	enum status status;
	int64_t filled = 0;

	status = visit_rows(v, "select key, value from meta where key in ('has_arcs', 'version')",
			    on_meta_row, d);
	if (status == STATUS_OK && !d->knows_arcs)
		status = read_number(v, "select exists (select 1 from file)", &filled);
	if (status != STATUS_OK)
		return status;
	/* coverage.py makes the tables first and fills them with its first data. */
	if (!d->knows_arcs && filled == 0)
		return error_set(v->err, STATUS_EMPTY,
				 "'%s' holds no data yet; a test run may just have begun",
				 v->file->path);
	if (!d->has_schema)
		return visit_set_damaged(v, "it has no schema number");
	return d->knows_arcs ? STATUS_OK : look_for_arcs(v, d);
}

static enum status
fill_info(struct visit *v, const struct database *d, struct data_info *info)
{
	enum status status;
	int64_t files;

	/* Ids go from 1 without a gap, and to count the rows would read all pages of the table. */
	status = read_number(v, "select max(id) from file", &files);
	info->files = files < 0 || files > UINT32_MAX ? 0 : (uint32_t)files;
	info->has_branches = d->has_arcs;
	memcpy(info->producer, d->producer, sizeof info->producer);
	if (d->schema > SCHEMA)
		snprintf(info->warning, sizeof info->warning,
			 "untested schema %lld: a coverage.py newer than this covls wrote it",
			 (long long)d->schema);
	return status;
}

static enum status
check_database(struct visit *v, struct database *d, struct data_info *info)
{
	enum status status = check_schema(v, d);

	if (status == STATUS_OK)
		status = check_content(v, d);
	if (status == STATUS_OK)
		status = fill_info(v, d, info);
	return status;
}

/* --- which contexts count ---------------------------------------------------------------------- */

/* The statements that are run for each file that is asked about; each is made when it is needed. */
struct lookup {
	bool has_arcs;
	sqlite3_stmt *file, *data, *data_by_context, *context;
	const struct data_filter
		*filter; /* of which `ids` are the contexts; NULL: not yet looked up */
	struct context_ids ids;
};

static enum status
prepare_once(struct visit *v, const char *sql, sqlite3_stmt **stmt)
{
	return *stmt != NULL ? STATUS_OK : visit_prepare(v, sql, stmt);
}

static void
free_lookup(struct lookup *l)
{
	sqlite3_finalize(l->file);
	sqlite3_finalize(l->data);
	sqlite3_finalize(l->data_by_context);
	sqlite3_finalize(l->context);
	context_ids_free(&l->ids);
}

static enum status
on_context_row(struct visit *v, sqlite3_stmt *stmt, void *ctx)
{
	struct lookup *l = ctx;
	struct span name = column_context(stmt, 1);
	bool sure = true;

	if (name.at == NULL)
		return STATUS_OK;
	if (data_filter_has(l->filter, name, &sure))
		context_ids_add(&l->ids, sqlite3_column_int64(stmt, 0));
	if (!sure)
		return error_set(v->err, STATUS_LIMIT,
				 "the regular expression for contexts takes too long on a context "
				 "of '%s'; write a simpler one",
				 v->file->path);
	return STATUS_OK;
}

/* Which contexts does the filter choose? */
static enum status
look_up_filter(struct visit *v, struct lookup *l, const struct data_filter *filter)
{
	enum status status;

	if (filter == NULL || filter == l->filter)
		return STATUS_OK;
	l->filter = filter;
	l->ids.count = 0;
	status = visit_rows(v, "select id, context from context", on_context_row, l);
	context_ids_sort(&l->ids);
	return status;
}

/* What ran in one file, while its rows come. */
struct intake {
	struct lookup *lookup;
	struct data_query *answer;
	struct arc_table arcs;
	bool by_context; /* the rows tell their context in their last column */

	/* The context of the last row; rows come sorted by it. */
	bool met, counts, has_name;
	int64_t id;
	uint32_t name;
};

static bool
wants_contexts(const struct data_query *query)
{
	return (query->want & (DATA_WANT_CONTEXTS | DATA_WANT_CONTEXT_ROWS)) != 0;
}

static enum status
on_context_name_row(struct visit *v, sqlite3_stmt *stmt, void *ctx)
{
	struct intake *in = ctx;
	struct span name = column_context(stmt, 0);

	(void)v;
	if (name.at == NULL || in->has_name)
		return STATUS_OK;
	in->name = data_contexts_add_name(&in->answer->contexts, name);
	in->has_name = true;
	return STATUS_OK;
}

static enum status
meet_context(struct visit *v, struct intake *in, int64_t id)
{
	in->met = true;
	in->id = id;
	in->has_name = false;
	in->counts = in->answer->filter == NULL || context_ids_has(&in->lookup->ids, id);
	if (!in->counts || !wants_contexts(in->answer))
		return STATUS_OK;
	sqlite3_bind_int64(in->lookup->context, 1, id);
	return visit_each(v, in->lookup->context, on_context_name_row, in);
}

/* Looks at the context of a row: does the row count, and under which name? */
static enum status
begin_row(struct visit *v, struct intake *in, sqlite3_stmt *stmt, int column)
{
	if (!in->by_context) {
		in->counts = true;
		return STATUS_OK;
	}
	if (sqlite3_column_type(stmt, column) != SQLITE_INTEGER) {
		/* It stands for no context, but what ran without one ran. */
		in->met = in->has_name = false;
		in->counts = in->answer->filter == NULL;
		return STATUS_OK;
	}
	if (in->met && in->id == sqlite3_column_int64(stmt, column))
		return STATUS_OK;
	return meet_context(v, in, sqlite3_column_int64(stmt, column));
}

static enum status
keep_row(struct visit *v, struct intake *in, int32_t from, int32_t to)
{
	if (!in->has_name || data_contexts_add_row(&in->answer->contexts, in->name, from, to))
		return STATUS_OK;
	return error_set(v->err, STATUS_LIMIT,
			 "'%s' holds more contexts of one source file than covls takes",
			 v->file->path);
}

/* --- one file's lines -------------------------------------------------------------------------- */

static enum status
keep_lines(struct visit *v, struct intake *in, struct numbits set)
{
	enum status status = STATUS_OK;

	if (set.len > 0 && (set.bytes[0] & 1) != 0)
		status = keep_row(v, in, 0, 0);
	for (uint32_t n = numbits_next(set, 0);
	     status == STATUS_OK && n != NUMBITS_END && n <= LINE_SET_MAX; n = numbits_next(set, n))
		status = keep_row(v, in, (int32_t)n, 0);
	return status;
}

static enum status
on_numbits_row(struct visit *v, sqlite3_stmt *stmt, void *ctx)
{
	struct intake *in = ctx;
	struct numbits set;
	enum status status;

	if (sqlite3_column_type(stmt, 0) != SQLITE_BLOB)
		return STATUS_OK;
	status = begin_row(v, in, stmt, 1);
	if (status != STATUS_OK || !in->counts)
		return status;
	set.bytes = sqlite3_column_blob(stmt, 0);
	set.len = (size_t)sqlite3_column_bytes(stmt, 0);
	numbits_unite(&in->answer->ran, set);
	/* Line 0 is all that runs of an empty module. */
	if (set.len > 0 && (set.bytes[0] & 1) != 0)
		in->answer->answer = DATA_RAN;
	return in->has_name ? keep_lines(v, in, set) : STATUS_OK;
}

static void
add_line(struct line_set *lines, int64_t line)
{
	if (line > 0 && line <= LINE_SET_MAX)
		line_set_add(lines, (uint32_t)line);
}

static bool
fits(int64_t number)
{
	return number >= INT32_MIN && number <= INT32_MAX;
}

static enum status
on_arc_row(struct visit *v, sqlite3_stmt *stmt, void *ctx)
{
	struct intake *in = ctx;
	int64_t from, to;
	enum status status;

	if (sqlite3_column_type(stmt, 0) != SQLITE_INTEGER ||
	    sqlite3_column_type(stmt, 1) != SQLITE_INTEGER)
		return STATUS_OK;
	status = begin_row(v, in, stmt, 2);
	if (status != STATUS_OK || !in->counts)
		return status;
	from = sqlite3_column_int64(stmt, 0);
	to = sqlite3_column_int64(stmt, 1);
	in->answer->answer = DATA_RAN;
	add_line(&in->answer->ran, from);
	add_line(&in->answer->ran, to);
	if (!fits(from) || !fits(to))
		return STATUS_OK;
	if ((in->answer->want & DATA_WANT_ARCS) != 0)
		arc_table_add(&in->arcs, (int32_t)from, (int32_t)to);
	return keep_row(v, in, (int32_t)from, (int32_t)to);
}

/* The statement for the data of a query: the one without contexts reads less. */
static enum status
choose_data(struct visit *v, struct lookup *l, const struct data_query *query, sqlite3_stmt **stmt)
{
	const char *const sql[2][2] = {
		{numbits_sql, numbits_by_context_sql},
                { arcs_sql,   arcs_by_context_sql   }
	};
	bool by_context = query->filter != NULL || wants_contexts(query);
	sqlite3_stmt **kept = by_context ? &l->data_by_context : &l->data;
	enum status status = prepare_once(v, sql[l->has_arcs][by_context], kept);

	if (status == STATUS_OK && wants_contexts(query))
		status = prepare_once(v, context_sql, &l->context);
	if (status == STATUS_OK)
		status = look_up_filter(v, l, query->filter);
	*stmt = *kept;
	return status;
}

static enum status
take_data(struct visit *v, struct lookup *l, struct data_query *query, int64_t id)
{
	struct intake in = { .lookup = l, .answer = query };
	sqlite3_stmt *stmt;
	enum status status = choose_data(v, l, query, &stmt);

	if (status != STATUS_OK)
		return status;
	in.by_context = stmt == l->data_by_context;
	query->contexts.rows_are_arcs = l->has_arcs;
	sqlite3_bind_int64(stmt, 1, id);
	status = visit_each(v, stmt, l->has_arcs ? on_arc_row : on_numbits_row, &in);
	query->arcs = in.arcs.list;
	in.arcs.list = (struct arc_list){ 0 };
	arc_table_free(&in.arcs);
	return status;
}

static void
finish_answer(struct data_query *query)
{
	struct data_contexts *contexts = &query->contexts;

	if (line_set_next(&query->ran, 0) != LINE_SET_END)
		query->answer = DATA_RAN;
	arc_list_sort(&query->arcs);
	if ((query->want & DATA_WANT_CONTEXTS) != 0)
		data_contexts_from_rows(contexts);
	if ((query->want & DATA_WANT_CONTEXT_ROWS) != 0)
		return;
	free(contexts->rows);
	contexts->rows = NULL;
	contexts->row_count = contexts->row_cap = 0;
}

/* Which file a name stands for; ids count from 1, and 0 is none. */
struct found {
	int64_t id;
	char *tracer;
};

static enum status
on_file_row(struct visit *v, sqlite3_stmt *stmt, void *ctx)
{
	struct found *found = ctx;

	(void)v;
	if (found->id != 0 || sqlite3_column_int64(stmt, 0) == 0)
		return STATUS_OK;
	found->id = sqlite3_column_int64(stmt, 0);
	found->tracer = plain_copy(column_name(stmt, 1));
	return STATUS_OK;
}

static enum status
find_file(struct visit *v, struct lookup *l, const char *name, struct found *found)
{
	size_t len = strnlen(name, DATA_NAME_MAX + 1);
	enum status status;

	if (len > DATA_NAME_MAX)
		return STATUS_OK;
	sqlite3_bind_text(l->file, 1, name, (int)len, SQLITE_STATIC);
	status = visit_each(v, l->file, on_file_row, found);
	if (status != STATUS_OK || found->id != 0)
		return status;
	/* Bytes that are not UTF-8 may have been stored as a blob, which equals no text. */
	sqlite3_bind_blob(l->file, 1, name, (int)len, SQLITE_STATIC);
	return visit_each(v, l->file, on_file_row, found);
}

static enum status
answer_query(struct visit *v, struct lookup *l, struct data_query *query)
{
	enum status status = STATUS_OK;
	struct found found = { 0 };
	const char *const *name = query->names;

	for (; status == STATUS_OK && *name != NULL; name++) {
		status = find_file(v, l, *name, &found);
		if (found.id != 0)
			break;
	}
	query->tracer = found.tracer;
	if (status != STATUS_OK || found.id == 0)
		return status;
	query->answer = DATA_NOT_RUN;
	query->recorded = mem_copy(*name);
	status = take_data(v, l, query, found.id);
	if (status == STATUS_OK)
		finish_answer(query);
	return status;
}

static enum status
answer_queries(struct visit *v, bool has_arcs, struct data_query *queries, size_t count)
{
	struct lookup l = { .has_arcs = has_arcs };
	enum status status = visit_prepare(v, file_sql, &l.file);

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		status = answer_query(v, &l, &queries[i]);
		if (status == STATUS_OK && i + 1 < count)
			status = visit_pause(v);
	}
	free_lookup(&l);
	return status;
}

/* --- the two questions ------------------------------------------------------------------------- */

static enum status
on_list_row(struct visit *v, sqlite3_stmt *stmt, void *ctx)
{
	struct data_names *names = ctx;
	struct span name = column_name(stmt, 0);

	if (name.len == 0)
		return STATUS_OK;
	if (names->count == DATA_FILES_MAX)
		return error_set(v->err, STATUS_LIMIT, "'%s' speaks of more than %d source files",
				 v->file->path, DATA_FILES_MAX);
	names->at = mem_grow(names->at, names->count, &names->cap, sizeof *names->at);
	names->at[names->count++] = (struct data_name){
		.name = mem_text(name.at, name.len),
		.tracer = plain_copy(column_name(stmt, 1)),
		.id = sqlite3_column_int64(stmt, 2),
	};
	return STATUS_OK;
}

/* Of a schema that is newer than covls, a table that does not fit is no damage. */
static enum status
say_too_new(struct visit *v, const struct database *d, enum status status)
{
	if (status != STATUS_BAD_DATA || v->code != SQLITE_ERROR || d->schema <= SCHEMA)
		return status;
	return error_set(v->err, status,
			 "'%s' has schema %lld, of a coverage.py too new for this covls; "
			 "install a newer covls",
			 v->file->path, (long long)d->schema);
}

static bool
dot_coverage_sniff(struct span head)
{
	/* A database that was cut within its first bytes is still one. */
	return span_starts(head, (struct span){ magic, sizeof magic }) ||
	       span_starts(head, SPAN(magic_4));
}

/* Begins a visit and reads what the database says of itself; visit_end() must follow. */
static enum status
begin(struct visit *v, struct database *d, const struct data_file *file, struct data_info *info,
      struct error *err)
{
	enum status status;

	*v = (struct visit){ 0 };
	if (span_starts(file->head, SPAN(magic_4)))
		return error_set(err, STATUS_BAD_DATA,
				 "'%s' was written by coverage.py 4, whose data covls does not "
				 "read; run the tests again with coverage 5 or newer",
				 file->path);
	status = visit_begin(v, file, err);
	return status == STATUS_OK ? check_database(v, d, info) : status;
}

/* Why it failed, in the words of coverage.py, which are mostly SQLite's; if it has any for it. */
static void
give_reason(const struct visit *v, const struct database *d, char *reason, size_t size)
{
	if (d->has_schema && d->schema != SCHEMA)
		snprintf(reason, size, "wrong schema: %lld instead of %d", (long long)d->schema,
			 SCHEMA);
	else if (v->code != SQLITE_OK)
		snprintf(reason, size, "%s", sqlite3_errstr(v->code & 0xff));
	else if (v->file == NULL)
		snprintf(reason, size, "%s", sqlite3_errstr(SQLITE_NOTADB));
	else if (v->file->head.len < 100) /* SQLite wasn't asked */
		snprintf(reason, size, "%s", sqlite3_errstr(SQLITE_CORRUPT));
}

static enum status
end(struct visit *v, const struct database *d, struct data_info *info, enum status status)
{
	status = visit_end(v, say_too_new(v, d, status));
	if (status != STATUS_OK)
		give_reason(v, d, info->reason, sizeof info->reason);
	return status;
}

static enum status
dot_coverage_read(const struct data_file *file, struct data_query *queries, size_t count,
		  struct data_info *info, struct error *err)
{
	struct visit v;
	struct database d = { 0 };
	enum status status = begin(&v, &d, file, info, err);

	if (status == STATUS_OK)
		status = answer_queries(&v, d.has_arcs, queries, count);
	return end(&v, &d, info, status);
}

static enum status
look_for_rows(struct visit *v, const struct database *d, struct data_info *info)
{
	int64_t there;
	enum status status = read_number(v,
					 d->has_arcs ? "select exists (select 1 from arc)"
						     : "select exists (select 1 from line_bits)",
					 &there);

	info->has_rows = there != 0;
	return status;
}

/* The first file with rows from some id on. */
struct least {
	int64_t id; /* INT64_MAX: there is none */
	bool odd;   /* an id that is no integer stands in the way */
};

static enum status
on_least_row(struct visit *v, sqlite3_stmt *stmt, void *ctx)
{
	struct least *least = ctx;
	int type = sqlite3_column_type(stmt, 0);

	(void)v;
	least->odd = type != SQLITE_INTEGER && type != SQLITE_NULL;
	if (type == SQLITE_INTEGER)
		least->id = sqlite3_column_int64(stmt, 0);
	return STATUS_OK;
}

/*
 * Which files have rows? Of many runs each knows all files of a project and ran few of them. It goes by
 * the index from one file with rows to the next, beside the names, which come by their ids. Where a
 * database is not as it should be, a file is said to have rows, for then they are looked for.
 */
static enum status
look_for_rows_of_files(struct visit *v, const struct database *d, struct data_names *names)
{
	struct least least = { .id = INT64_MIN };
	sqlite3_stmt *stmt;
	enum status status = visit_prepare(v, d->has_arcs ? arc_file_sql : line_file_sql, &stmt);

	for (size_t i = 0; i < names->count && status == STATUS_OK; i++) {
		struct data_name *name = &names->at[i];

		if (least.id < name->id && !least.odd) {
			sqlite3_bind_int64(stmt, 1, name->id);
			least.id = INT64_MAX;
			status = visit_each(v, stmt, on_least_row, &least);
		}
		name->has_rows = least.odd || least.id == name->id ||
				 (i > 0 && name->id <= names->at[i - 1].id);
	}
	sqlite3_finalize(stmt);
	return status;
}

static enum status
dot_coverage_list(const struct data_file *file, struct data_names *names, struct data_info *info,
		  struct error *err)
{
	struct visit v;
	struct database d = { 0 };
	enum status status = begin(&v, &d, file, info, err);

	if (status == STATUS_OK)
		status = visit_rows(&v,
				    "select path, tracer, id from file "
				    "left join tracer on tracer.file_id = file.id",
				    on_list_row, names);
	if (status == STATUS_OK)
		status = look_for_rows(&v, &d, info);
	if (status == STATUS_OK && names->want_rows)
		status = look_for_rows_of_files(&v, &d, names);
	return end(&v, &d, info, status);
}

/* One that has no name is left out. */
static enum status
on_context_list_row(struct visit *v, sqlite3_stmt *stmt, void *ctx)
{
	struct data_names *names = ctx;
	struct span name = column_context(stmt, 0);

	(void)v;
	if (name.at == NULL)
		return STATUS_OK;
	names->at = mem_grow(names->at, names->count, &names->cap, sizeof *names->at);
	names->at[names->count++] = (struct data_name){ .name = mem_text(name.at, name.len) };
	return STATUS_OK;
}

static enum status
dot_coverage_list_contexts(const struct data_file *file, struct data_names *names,
			   struct data_info *info, struct error *err)
{
	struct visit v;
	struct database d = { 0 };
	enum status status = begin(&v, &d, file, info, err);

	if (status == STATUS_OK)
		status = visit_rows(&v, "select context, id from context", on_context_list_row,
				    names);
	return end(&v, &d, info, status);
}

const struct data_format dot_coverage_format = {
	.name = "coverage.py",
	.detail = 100,
	.sniff = dot_coverage_sniff,
	.read = dot_coverage_read,
	.list = dot_coverage_list,
	.list_contexts = dot_coverage_list_contexts,
};
