/*
 * measured.h - what has been measured in a whole project: the data files that count, and their sources.
 *
 * A project may have several: each package of a repository its own, or reports of several languages. A data file
 * counts if a search (search.h) takes what it says of any source of the project, so these are the ones that an
 * editor shows.
 */
#ifndef COVLS_COVERAGE_MEASURED_H
#define COVLS_COVERAGE_MEASURED_H

#include "coverage/search.h"

struct measured_file {
	char *path;
	struct project *project; /* whose rules hold for it; held */
	struct file_stamp stamp;
	bool counts;
};

/* Zeroed is empty; end it with measured_free(). */
struct measured {
	struct measured_file *files; /* all that there are */
	size_t count, cap;
	/* That are there and that any of them speaks of; in byte order, each once. */
	struct text_list sources;
	struct text_list troubles; /* of data files that can't be read: "lcov.info: …" */
	bool busy;                 /* one of them is being written: it may count when it is */
};

/* Called for each source, once it has been searched for; may take what it needs out of the item. False: stop. */
typedef bool measured_source_fn(void *ctx, struct search_item *item);

struct measured_wishes {
	/* Of the project, real: its sources, and data files below it, are looked at. */
	const char *folder;
	/* A name that stands for any source where somebody is, for search.h's places above. */
	const char *any;
	/* Its `roots` are workspace folders, or the folders where a shell may have run the tests. With `data_file`
	 * nothing else is looked for. */
	struct search_wishes search;
	measured_source_fn *on_source; /* NULL: only which data files count is of interest */
	void *ctx;
};

/* STATUS_STOPPED: by the callback or by search.progress. */
enum status measured_find(struct measured *m, struct searcher *searcher,
			  const struct measured_wishes *wishes, struct error *err);

/* Adds those sources of the project that are there and that the data at `copy`, which lay at `data_path`, speaks of. */
enum status measured_add_sources(struct text_list *sources, const char *copy, const char *data_path,
				 const struct project *project,
				 const struct measured_wishes *wishes, struct error *err);

/* Was the source found to be measured? */
bool measured_has(const struct measured *m, const char *source);

void measured_free(struct measured *m);

#endif
