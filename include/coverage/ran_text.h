/*
 * ran_text.h - which text of a source a test run ran.
 *
 * No coverage data holds a hash or the time of a source, so that is worked out, in this order:
 *   1. what the store says of this run and this source; unless the file on disk got another text before
 *      the data was written again, with the very same content as before;
 *   2. the file on disk, if it is older than the data, and than the beginning of the run where that is
 *      known (times that are equal will do: some file systems count in seconds), and was not put in its
 *      place later with the times of another (`cp -p`, `mv`, `rsync -t`);
 *   3. what git had checked out when the data was written: see git_text.h;
 *   4. nothing.
 * A text of 2 and 3 must fit the data (fits.h): a line that the data calls run cannot be blank, a comment, or
 * behind the end, and in Python what stands above it in its suite must have run, too. The last is let pass of a
 * file that nobody has touched since 30 seconds before the data, if git knows no text that fits.
 * What 2 and 3 find is put into the store, so that it is known after the file has changed.
 *
 * A data file into which a second run was written (`--append`), with the source changed between the two, speaks of
 * two texts at once: then it is 4, whatever git has.
 *
 * May block (git, the disk): for a job, or the shell.
 */
#ifndef COVLS_COVERAGE_RAN_TEXT_H
#define COVLS_COVERAGE_RAN_TEXT_H

#include "base/buf.h"
#include "base/progress.h"
#include "data/data.h"
#include "platform/file.h"
#include "store/store.h"

enum ran_origin {
	RAN_UNKNOWN,
	RAN_DISK,     /* it is what is on the disk */
	RAN_SNAPSHOT, /* covls kept it when it ran */
	RAN_GIT,      /* it is what git had checked out, whatever is on the disk now */
};

struct ran_text {
	enum ran_origin origin;
	struct buf
		text; /* owned; empty with RAN_UNKNOWN. Python in another encoding is UTF-8 here */
	char commit
		[16]; /* RAN_GIT: the first digits of the commit, or "index"; empty if the store kept
			  * the text and nothing more of it is known */
	/* RAN_UNKNOWN: a clause that ends in what to do, such as "'a.py' was changed after the tests ran, and
	 * covls had not seen it before; run the tests again". */
	char why[320];
};

struct ran_wishes {
	struct store *store; /* NULL: there is none */
	int64_t run;         /* in the store; 0: it isn't there */
	const char *source;  /* absolute */
	bool is_python;
	const struct data_query *data; /* what the run says of it */
	int64_t data_ns;               /* when the data was written */
	int64_t begun_ns;              /* when the run began, if somebody saw that; 0: not known */
	int64_t born_ns; /* since when runs have been written into the data file; 0: not known */
	int64_t untouched_ns; /* when the data file was left alone: nobody copied, moved or unpacked it
			       * after that; 0: somebody has, or it is not known */
	struct progress *progress; /* may be NULL */
};

/*
 * What the data file itself tells of the run's times: sets data_ns, born_ns and untouched_ns. `source` is
 * set already. `stamp` is what was read, `format` as data_info has it.
 */
void ran_text_set_times(struct ran_wishes *wishes, const char *data_path,
			const struct file_stamp *stamp, const char *format);

/* Fills `ran`, which must be zeroed; end it with ran_text_free(). */
void ran_text_find(struct ran_text *ran, const struct ran_wishes *wishes);
void ran_text_free(struct ran_text *ran);

/*
 * Under which name the run ran the very text that is on the disk at wishes->source now, if no file has that
 * name any more: then it was renamed. The caller's to free(); NULL: it was not, as far as the store knows.
 * Of the wishes `data` and the times are not asked for.
 */
char *ran_text_former_name(const struct ran_wishes *wishes);

/* "disk", "snapshot", "git", "unknown" */
const char *ran_origin_name(enum ran_origin origin);

#endif
