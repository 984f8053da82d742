#include "coverage/parallel.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "combinable.h"
#include "coverage/dataset.h"
#include "platform/clock.h"
#include "platform/host.h"
#include "platform/path.h"
#include "platform/process.h"

/* A file that was changed this recently may still be written, whatever it is called. */
#define SETTLE_NS (2 * INT64_C(1000000000))

/* A file that isn't finished and hasn't been changed for so long is not waited for. */
#define PATIENCE_NS (30 * INT64_C(1000000000))

/* ---- who writes it ---------------------------------------------------------------------------- */

/* What the name of a data file says of its writer (filename_suffix() in coverage/sqldata.py). */
struct writer {
	struct span host; /* empty: the name is of somebody's own making */
	int64_t pid;
	bool is_finished; /* renamed at the end, since coverage.py 7.13.1 */
	bool will_finish; /* will be renamed at the end */
};

static bool
is_word(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z'))
			return false;
	}
	return s.len > 0;
}

/* Takes the part behind the last dot, and the dot. */
static struct span
take_last(struct span *name)
{
	size_t start = name->len;
	struct span part;

	while (start > 0 && name->at[start - 1] != '.')
		start--;
	part = span_cut(*name, start, name->len);
	name->len = start > 0 ? start - 1 : 0;
	return part;
}

static bool
take_number(struct span digits, int64_t *number)
{
	*number = 0;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.at[i] < '0' || digits.at[i] > '9' || i == 12)
			return false;
		*number = *number * 10 + (digits.at[i] - '0');
	}
	return digits.len > 0;
}

/* "Xabcdefx", or the six digits of coverage.py before 7.4. */
static bool
is_random(struct span part)
{
	int64_t number;

	if (part.len == 8 && part.at[0] == 'X' && part.at[7] == 'x')
		return is_word(part);
	return part.len == 6 && take_number(part, &number);
}

/* `suffix` is what stands behind the name of the data file and a dot. */
static struct writer
writer_of(struct span suffix)
{
	struct writer writer = {
		.host = {suffix.at, 0}
	};
	struct span last = take_last(&suffix), pid;

	if (last.len == 12 && last.at[0] == 'H' && last.at[11] == 'h' && is_word(last)) {
		writer.is_finished = true;
		last = take_last(&suffix);
	}
	pid = take_last(&suffix);
	writer.will_finish = span_starts(pid, SPAN("pid"));
	if (writer.will_finish)
		span_skip(&pid, 3);
	if (is_random(last) && take_number(pid, &writer.pid))
		writer.host = suffix;
	if (writer.host.len == 0 || !writer.will_finish)
		writer.is_finished = false;
	return writer;
}

/* Names of hosts are written with underscores for dots since 7.13.1. */
static bool
is_here(struct span host)
{
	char *name = host_name();
	bool same = strlen(name) == host.len && host.len > 0;

	for (size_t i = 0; same && i < host.len; i++)
		same = name[i] == host.at[i] || (name[i] == '.' && host.at[i] == '_');
	free(name);
	return same;
}

enum readiness {
	READY,
	BEING_WRITTEN,
	NEVER_READY, /* nobody knows when it will be */
};

static enum readiness
readiness_of(struct span suffix, const struct file_stamp *stamp)
{
	struct writer writer = writer_of(suffix);
	int64_t age = clock_wall_ns() - stamp->modified_ns;

	age = age < 0 ? -age : age;
	if (writer.is_finished)
		return READY;
	if (writer.host.len > 0 && is_here(writer.host) && process_has_ended(writer.pid))
		return READY;
	if (writer.host.len > 0 && writer.will_finish)
		return age < PATIENCE_NS ? BEING_WRITTEN : NEVER_READY;
	return age < SETTLE_NS ? BEING_WRITTEN : READY;
}

/* ---- which files ------------------------------------------------------------------------------ */

struct candidate {
	const char *path;
	struct file_stamp stamp;
	struct data_info info;
	bool taken;
};

struct candidates {
	struct text_list paths;
	struct candidate *at;
	size_t count;
};

static bool
is_leaving(const char *path)
{
	return span_ends(span_of(path), SPAN("-wal")) || span_ends(span_of(path), SPAN("-shm"));
}

static void
list_candidates(struct candidates *c, const char *data_file, int64_t since_ns)
{
	combinable_list(data_file, &c->paths);
	c->at = mem_alloc(c->paths.count, sizeof *c->at);
	for (size_t i = 0; i < c->paths.count; i++) {
		struct candidate found = { .path = c->paths.at[i],
					   .stamp = file_stamp(c->paths.at[i]) };

		if (found.stamp.kind == FILE_REGULAR && !is_leaving(found.path) &&
		    found.stamp.modified_ns >= since_ns)
			c->at[c->count++] = found;
	}
}

static void
free_candidates(struct candidates *c)
{
	free(c->at);
	text_list_free(&c->paths);
}

bool
parallel_is_wanted(const char *data_file, const struct project *project)
{
	struct file_stamp finished = file_stamp(data_file);
	struct candidates c = { 0 };
	bool wanted;

	if (finished.kind != FILE_NONE &&
	    (project == NULL || !project->config.values[COVERAGE_RUN_PARALLEL].boolean))
		return false;
	list_candidates(&c, data_file, INT64_MIN);
	wanted = c.count > 0;
	for (size_t i = 0; i < c.count && finished.kind != FILE_NONE; i++)
		wanted = wanted && c.at[i].stamp.modified_ns > finished.modified_ns;
	free_candidates(&c);
	return wanted;
}

bool
parallel_tell_left(const char *data_file, struct buf *out)
{
	struct file_stamp finished = file_stamp(data_file);
	struct candidates c = { 0 };

	list_candidates(&c, data_file, finished.modified_ns + 1);
	if (finished.kind != FILE_NONE && c.count > 0) {
		buf_addf(out, "'%s'", c.at[0].path);
		if (c.count > 1)
			buf_addf(out, " and %zu more", c.count - 1);
		buf_addf(out, " %s newer and not combined with it; `coverage combine` does that",
			 c.count == 1 ? "is" : "are");
	}
	free_candidates(&c);
	return out->len > 0;
}

/* ---- which of them are taken ------------------------------------------------------------------ */

struct choosing {
	struct candidates all;
	size_t suffix_at; /* in each path: behind the data file's name and the dot */
	struct combinable_seen seen;
	struct parallel *result;
	struct error last; /* why the last one that can't be read can't */
	const struct candidate *newest;
};

static void
warn(struct choosing *c, const char *path, const char *why)
{
	struct buf text = { 0 };

	buf_addf(&text, "'%s' %s", path, why);
	text_list_add(&c->result->warnings, buf_span(&text));
	buf_free(&text);
}

/* STATUS_OK also for what is left out. */
static enum status
choose_one(struct choosing *c, struct candidate *file, struct error *err)
{
	struct span suffix = span_of(file->path + c->suffix_at);
	enum readiness ready = readiness_of(suffix, &file->stamp);
	enum status status;

	if (ready == BEING_WRITTEN)
		return error_set(err, STATUS_BUSY, "'%s' is being written; wait a moment",
				 file->path);
	if (ready == NEVER_READY) {
		warn(c, file->path, "was never finished and is left out");
		return STATUS_OK;
	}
	if (combinable_is_duplicate(&c->seen, file->path))
		return STATUS_OK;
	status = data_read(file->path, NULL, 0, &file->info, &c->last);
	if (status == STATUS_BUSY) {
		if (err != NULL)
			*err = c->last;
		return status;
	}
	if (status == STATUS_OK && !data_is_database(file->info.format))
		status = error_set(&c->last, STATUS_BAD_DATA, "'%s' is not coverage.py's data",
				   file->path);
	if (status != STATUS_OK && status != STATUS_EMPTY)
		text_list_add(&c->result->warnings, span_of(c->last.text));
	file->taken = status == STATUS_OK && file->info.files > 0;
	return STATUS_OK;
}

/* Branches and statements don't go together: the newest file says which of them are taken. */
static void
choose_kind(struct choosing *c)
{
	for (size_t i = 0; i < c->all.count; i++) {
		const struct candidate *file = &c->all.at[i];

		if (file->taken &&
		    (c->newest == NULL || file->stamp.modified_ns >= c->newest->stamp.modified_ns))
			c->newest = file;
	}
	for (size_t i = 0; i < c->all.count; i++) {
		struct candidate *file = &c->all.at[i];

		if (!file->taken || file->info.has_branches == c->newest->info.has_branches)
			continue;
		warn(c, file->path,
		     file->info.has_branches
			     ? "has branches, which don't go together with the statements of the "
			       "newer data; it is left out, and `coverage combine` would refuse"
			     : "has statements alone, which don't go together with the branches "
			       "of the newer data; it is left out, and `coverage combine` would "
			       "refuse");
		file->taken = false;
	}
}

static int
compare_age(const void *a, const void *b)
{
	const struct candidate *x = *(struct candidate *const *)a,
			       *y = *(struct candidate *const *)b;

	return x->stamp.modified_ns != y->stamp.modified_ns
		       ? (x->stamp.modified_ns < y->stamp.modified_ns ? 1 : -1)
		       : (x > y) - (x < y);
}

/* The newest first: of equal ones that is the one that counts. */
static enum status
choose_all(struct choosing *c, struct error *err)
{
	struct candidate **by_age = mem_alloc(c->all.count, sizeof(struct candidate *));
	enum status status = STATUS_OK;

	for (size_t i = 0; i < c->all.count; i++)
		by_age[i] = &c->all.at[i];
	if (c->all.count > 1)
		qsort(by_age, c->all.count, sizeof(struct candidate *), compare_age);
	for (size_t i = 0; i < c->all.count && status == STATUS_OK; i++)
		status = choose_one(c, by_age[i], err);
	free(by_age);
	return status;
}

static enum status
choose(struct choosing *c, const char *data_file, struct error *err)
{
	enum status status;

	list_candidates(&c->all, data_file,
			c->result->since_ns == 0 ? INT64_MIN : c->result->since_ns);
	c->suffix_at = strlen(data_file) + 1;
	status = choose_all(c, err);
	if (status != STATUS_OK)
		return status;
	choose_kind(c);
	c->result->oldest_ns = INT64_MAX;
	for (size_t i = 0; i < c->all.count; i++) {
		const struct candidate *file = &c->all.at[i];

		if (!file->taken)
			continue;
		text_list_add(&c->result->data_files, span_of(file->path));
		if (file->stamp.modified_ns < c->result->oldest_ns)
			c->result->oldest_ns = file->stamp.modified_ns;
	}
	if (c->newest != NULL) {
		c->result->newest = c->newest->stamp;
		c->result->info = c->newest->info;
		return STATUS_OK;
	}
	if (c->all.count == 0)
		return error_set(err, STATUS_MISSING,
				 "'%s' is not there; run the tests with coverage", data_file);
	if (c->last.status != STATUS_OK && c->last.status != STATUS_EMPTY) {
		if (err != NULL)
			*err = c->last;
		return c->last.status;
	}
	return error_set(err, STATUS_EMPTY,
			 "'%s' is not there, and no unfinished data file beside it holds any data",
			 data_file);
}

/* ---- what they say ---------------------------------------------------------------------------- */

static int
compare_name(const void *name, const void *file)
{
	return strcmp(name, ((const struct dataset_file *)file)->name);
}

static const struct dataset_file *
find_name(const struct dataset *d, const char *name)
{
	return name == NULL || d->count == 0
		       ? NULL
		       : bsearch(name, d->files, d->count, sizeof *d->files, compare_name);
}

static const struct dataset_file *
find_file(const struct dataset *d, const char *const *names, const char *folder)
{
	const struct dataset_file *found = NULL;

	for (size_t i = 0; names[i] != NULL && found == NULL; i++)
		found = find_name(d, names[i]);
	/* What [paths] and relative_files make of a name is seen from the project's folder. */
	for (size_t i = 0; names[i] != NULL && found == NULL; i++) {
		if (path_is_absolute(names[i]))
			found = find_name(d, path_below(names[i], folder));
	}
	return found;
}

static enum status
answer_one(struct dataset *d, const struct data_query *query, const char *folder,
	   struct data_query *answer, struct error *err)
{
	const struct dataset_file *file = find_file(d, query->names, folder);
	enum status status = STATUS_OK;

	*answer = (struct data_query){ .want = query->want, .filter = query->filter };
	if (file != NULL)
		status = dataset_read(d, (size_t)(file - d->files), 1, answer, err);
	answer->names = query->names;
	return status;
}

static enum status
answer_all(struct dataset *d, const char *folder, struct data_query *queries, size_t count,
	   struct error *err)
{
	struct data_query *answers = mem_alloc(count, sizeof *answers);
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = answer_one(d, &queries[i], folder, &answers[i], err);
	for (size_t i = 0; i < count; i++) {
		if (status == STATUS_OK) {
			data_query_free(&queries[i]);
			queries[i] = answers[i];
		} else {
			data_query_free(&answers[i]);
		}
	}
	free(answers);
	return status;
}

static enum status
unite(const char *data_file, const struct project *project, struct data_query *queries,
      size_t count, struct parallel *result, struct error *err)
{
	struct coverage_config defaults = { 0 };
	char *folder = project == NULL ? path_folder(data_file) : mem_copy(project->folder);
	struct dataset_options options = { folder, data_file,
					   project == NULL ? &defaults : &project->config };
	struct dataset d;
	enum status status = dataset_open_unfinished(&d, &options, &result->data_files, err);

	if (status == STATUS_OK)
		status = answer_all(&d, folder, queries, count, err);
	if (status == STATUS_OK) {
		result->info.has_branches = d.has_arcs;
		result->info.files = (uint32_t)d.count;
	}
	for (size_t i = 0; i < d.warnings.count; i++)
		text_list_add(&result->warnings, span_of(d.warnings.at[i]));
	dataset_close(&d);
	free(folder);
	return status;
}

enum status
parallel_read(const char *data_file, const struct project *project, struct data_query *queries,
	      size_t count, struct parallel *result, struct error *err)
{
	struct choosing c = { .result = result };
	enum status status = choose(&c, data_file, err);

	if (status == STATUS_OK)
		status = unite(data_file, project, queries, count, result, err);
	combinable_seen_free(&c.seen);
	free_candidates(&c.all);
	return status;
}

void
parallel_free(struct parallel *result)
{
	text_list_free(&result->data_files);
	text_list_free(&result->warnings);
	*result = (struct parallel){ 0 };
}
