/*
 * subject.h - one source file that somebody looks at, and how it stands.
 *
 * A subject brings three things together as each changes: what the text now says of its statements,
 * what ran according to the latest good data, and how the text has changed since. After each change
 * subject_refresh() makes the view anew. It keeps honest: whatever fails, a line is only ever covered
 * or missed if its text is the text that ran (ran_text.h), and the reason why there is less to see is at
 * hand.
 */
#ifndef COVLS_COVERAGE_SUBJECT_H
#define COVLS_COVERAGE_SUBJECT_H

#include "base/span.h"
#include "coverage/analysis.h"
#include "coverage/baseline.h"
#include "coverage/search.h"
#include "coverage/source_run.h"
#include "coverage/united.h"
#include "coverage/view.h"
#include "text/doc_text.h"

#define SUBJECT_MESSAGE_MAX 640

/* Zero it, set the first two; end it with subject_free(). */
struct subject {
	char *path;     /* absolute, owned; NULL when the document is no file on disk */
	bool is_python; /* else only what ran is shown */

	/* What there is to see. */
	struct view view;
	enum freshness freshness;
	enum view_reason reason;
	char message[SUBJECT_MESSAGE_MAX]; /* one sentence; empty with REASON_NONE */

	/* The data that the view was made from; NULL and zero while there is none. */
	char *data_path;
	bool data_was_found; /* it lies where nobody looks by its name (PLACE_FOUND) */
	struct file_stamp data_stamp;
	struct data_info info;

	/* Of that data: its run in the store (0: it isn't kept), the text that ran, and earlier runs that are united
	 * with it; how far they count is in united. */
	int64_t run;
	struct error not_kept; /* why it cannot be kept */
	struct ran_lines ran;
	struct source_runs earlier;

	/* What has changed since the baseline, if one is in force and is known (source_baseline_is_known()). */
	struct source_baseline baseline;
	struct baseline_changes changes;

	struct project *project; /* whose rules the text is read by; NULL: the defaults, so far */

	/* Private. */
	struct data_query data;
	struct line_map map;  /* from the text now to the text that ran */
	struct united united; /* what is shown if there are earlier runs */
	bool new_is_missed;   /* the setting newStatements */
	bool look_back;       /* the next search is to look for earlier runs anew */
	struct view then;     /* how the lines of the text now stood in the baseline */
	struct py_lines lines;
	uint64_t revision;    /* counts edits, and changes of the project */
	bool was_read;        /* the text has been analysed at least once */
	bool understood;      /* `lines` belong to the text as it is now */
	bool view_is_of_data; /* `view` was made from `data` */
	bool gone;            /* the data file has been away for good */
	struct error parse_error;
	struct error pattern_error; /* a pattern of the project takes too long on this text */
	struct line_set no_branch; /* lines whose branches don't count, once the project is known */
	struct error trouble;      /* with a data file, since the last good data */
	char *trouble_path;        /* which one; NULL when there is none at all */
	struct search_places places; /* that were looked at for data */
	struct text_list folders;    /* to be watched */
	struct text_list strangers;
};

/* Is a file of this name Python, as far as that tells? One without an extension is a script, perhaps of
 * Python. */
bool subject_is_python_name(const char *path);

/* The text is new or has settled: finds its statements, and lines that are again as they ran. */
void subject_read_text(struct subject *s, struct span text);

/*
 * The same in three steps, of which the middle one, analysis_run() on a text that does not change
 * meanwhile, may be done by another thread. subject_take_analysis() is false, and nothing happens, if
 * that is not the text any more, or if there are other rules or other runs by now.
 */
void subject_begin_analysis(struct subject *s, struct analysis *a);
bool subject_take_analysis(struct subject *s, struct analysis *a);

/* The text has been edited and not yet been read anew. */
void subject_edited(struct subject *s, const struct doc_change *change);

/*
 * Takes in what a search found; `text` is the document as it is now. Good data replaces what there
 * was; without good data what there was stays, with the reason. Takes what it needs out of `item`.
 */
void subject_take(struct subject *s, struct search_item *item, struct span text);

/* The data file has been missing (or empty) for so long that no test run explains it. */
void subject_data_gone(struct subject *s);

/* The data file that matters now: the one that makes trouble, else the one the view is made from; NULL
 * while there is none. */
const char *subject_data_file(const struct subject *s);

/* Why one of the view's branches was not taken, in coverage.py's words: "line 12 didn't jump to line 15
 * because the condition on line 12 was never true". `text` is the document as it is now. */
void subject_describe_branch(const struct subject *s, struct span text, struct arc branch,
			     struct buf *out);

/*
 * Why the statement that begins on `line` is partial: one sentence for each way that was not taken, or
 * one for all where their names are not known. `text` is the document as it is now.
 */
void subject_add_reasons(const struct subject *s, struct span text, uint32_t line,
			 struct text_list *reasons);

/* Adds "2 of 4 branches were not taken: else, case 3" of a line that a report speaks of. False, and nothing is
 * added: it knows none that was not. */
bool subject_add_missed_arms(const struct subject *s, uint32_t line, struct buf *out);

/* What the view is made from, and how its lines come from the text now: the latest run's, or that of all that are
 * united. */
const struct data_query *subject_shown_data(const struct subject *s);
const struct line_map *subject_shown_map(const struct subject *s);

/* Statements that run, or don't, for sure: in percent of all; 100 if there are none. */
double subject_known_percent(const struct subject *s);

/* Adds what else is to be said of the view: "93% known, compared with commit 3f2a91c, 12 statements as of an
 * earlier run 1 h ago". Nothing if all is known of the latest run. */
void subject_add_caveats(const struct subject *s, struct buf *out);

/* Makes the view from the parts. */
void subject_refresh(struct subject *s);

void subject_free(struct subject *s);

#endif
