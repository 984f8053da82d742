/*
 * search.h - what the coverage data, wherever it lies, says of some source files.
 *
 * The one door to data: the server calls it from a job, the shell directly. It blocks while it reads
 * (a few hundred milliseconds at most when a data file is locked).
 */
#ifndef COVLS_COVERAGE_SEARCH_H
#define COVLS_COVERAGE_SEARCH_H

#include "coverage/discover.h"
#include "coverage/project.h"
#include "data/data.h"
#include "platform/file.h"

/* One source file. Set `source`, zero the rest; end it with search_item_free(). */
struct search_item {
	char *source; /* absolute path; owned */

	/*
	 * STATUS_OK: `data` is what `data_path` says, which may be DATA_UNKNOWN when none of the data
	 * files speaks of the source. STATUS_MISSING: there is no data file; `places` says where one
	 * was looked for. Else the reason why `data_path` could not be read, in `err`.
	 */
	enum status status;
	struct error err;
	char *data_path;              /* owned; NULL with STATUS_MISSING */
	struct file_stamp data_stamp; /* of the data file just before it was read */
	struct file_stamp source_stamp;
	struct data_query data;
	struct data_info info;
	struct text_list places;
	struct project *project; /* that the source belongs to; the item holds it */
};

/* Answers all items. Each data file is read once, in one go, for all items that it may serve. */
void search_run(struct search_item *items, size_t count, const struct text_list *roots,
		const char *setting, struct project_cache *projects);

void search_item_free(struct search_item *item);

#endif
