/*
 * git_text.h - the text of a source that git had checked out when a test run left its data.
 *
 * What git knows, and what follows:
 *   - The index remembers when the file had the content that is in it. If that was before the data was
 *     written (and before the run, where its beginning is known), the content is what ran, unless the
 *     file was changed between then and the run.
 *   - Else git, or `git add`, has seen the file again after the run. Then it is HEAD as it was by the
 *     reflog. If the reflog has several commits in the second in which the data was written (or while
 *     the tests ran), each may be it.
 * Whether the file was clean when it ran, nobody knows; so what is found must fit the data, and nothing is
 * found where something speaks for another text:
 *   - two commits that may be it have different texts that fit both;
 *   - the text was committed, or stashed, after the run in another form that fits, too;
 *   - the file was written again after the run, by `git reset` or without a trace (`git restore`), so that
 *     what ran may have been thrown away.
 * A file that git did not track then, a link, a file that lies in Git LFS, one in conflict, or one that git was told
 * not to look at (assume-unchanged, skip-worktree): nothing.
 *
 * The bytes are those in the repository: line ends are not converted and no filters are run, since those are
 * programs that the repository names; of a file that has one, nothing is found.
 */
#ifndef COVLS_COVERAGE_GIT_TEXT_H
#define COVLS_COVERAGE_GIT_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/progress.h"

/* May these bytes be what ran? May decode them in place. */
typedef bool git_fits_fn(void *ctx, struct buf *bytes);

struct git_wishes {
	const char *source; /* absolute; need not be there any more */
	int64_t data_ns, begun_ns;
	git_fits_fn *fits;
	void *ctx;
	struct progress *progress; /* may be NULL */
};

/*
 * Fills `text` with what `fits` has made of the bytes, and `commit` with the first digits of the commit, or
 * "index" if it is in no commit that was checked out. False: there is nothing; *why is a clause that says why,
 * or NULL if git isn't there or knows nothing of the file. May take a few seconds.
 */
bool git_text_find(const struct git_wishes *wishes, struct buf *text, char commit[16],
		   const char **why);

#endif
