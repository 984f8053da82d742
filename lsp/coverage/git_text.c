#include "git_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/path.h"

#include "git.h"

#define SECOND INT64_C(1000000000)
/* One answer of git's takes no longer, nor do all together. */
#define ONE_MS 2000
#define ALL_MS 6000
/* Sources and reflogs are no longer. */
#define TEXT_MAX ((size_t)64 << 20)
#define LIST_MAX ((size_t)8 << 20)
/* So many steps after the run are looked at. */
#define LATER_MAX 64
/* The digits of a commit that are told. */
#define SHORT_LEN 7
#define ID_MAX    80

static const char lfs_sign[] = "version https://git-lfs.github.com/spec/";

struct entry {
	char id[ID_MAX]; /* of the blob; empty: git has no such regular file */
};

/* What the index says of the file. */
struct indexed {
	struct entry entry;
	int64_t modified_ns; /* when the file had that content; INT64_MAX: not known */
	uint64_t size;       /* of the file then */
	bool is_blind;       /* git was told not to look at the file, which may be any text */
};

/* A step of HEAD's. */
struct step {
	char commit[ID_MAX];
	int64_t seconds; /* when it was taken */
	enum { STEP_OTHER, STEP_COMMIT, STEP_RESET } kind;
};

struct steps {
	struct step *at; /* newest first */
	size_t count, cap;
};

struct asking {
	const struct git_wishes *w;
	char *folder;     /* where git is asked */
	const char *name; /* of the source, seen from there */
	int64_t end;      /* on the steady clock */
	bool failed;      /* git took too long, has gone wrong, or lacks an object */
	bool late;        /* it took too long */

	/* The answer. */
	struct buf *text;
	char *commit;
	const char *why;
};

/* ---- asking ---- */

struct gathering {
	struct buf out;
	size_t most;
	bool over;
};

static bool
gather(void *ctx, struct span piece)
{
	struct gathering *g = ctx;

	g->over = g->out.len + piece.len > g->most;
	if (!g->over)
		buf_add(&g->out, piece);
	return !g->over;
}

enum answer { TOLD, REFUSED, TOO_LONG };

/* What git prints. */
static enum answer
ask(struct asking *a, const char *const *words, size_t most, struct buf *out)
{
	struct gathering g = { .most = most };
	int64_t left = (a->end - clock_steady_ns()) / 1000000;
	const struct git_order order = {
		.folder = a->folder,
		.words = words,
		.timeout_ms = left < 1        ? 1
			      : left < ONE_MS ? (unsigned)left
					      : ONE_MS,
		.output = gather,
		.ctx = &g,
		.progress = a->w->progress,
	};
	int code = -1;
	enum status status =
		progress_step(a->w->progress, 0) ? git_run(&order, &code) : STATUS_STOPPED;

	a->failed = a->failed || (status != STATUS_OK && !g.over);
	a->late = a->late || status == STATUS_LIMIT;
	if (status == STATUS_OK && code == 0) {
		buf_free(out);
		*out = g.out;
		return TOLD;
	}
	buf_free(&g.out);
	return g.over ? TOO_LONG : REFUSED;
}

/* The same of an object that should be there. One that isn't, as in a partial clone, could have spoken
 * against a text. */
static bool
ask_for_object(struct asking *a, const char *const *words, struct buf *out)
{
	enum answer answer = ask(a, words, TEXT_MAX, out);

	a->failed = a->failed || answer == REFUSED;
	return answer == TOLD;
}

/* Copies up to the next space, or tab. False: it is too long, or there is none. */
static bool
take_word(const char **at, char *word, size_t room)
{
	size_t len = strcspn(*at, " \t");

	if (len == 0 || len >= room || (*at)[len] == '\0')
		return false;
	memcpy(word, *at, len);
	word[len] = '\0';
	*at += len + 1;
	return true;
}

static bool
is_regular_mode(const char *mode)
{
	return strncmp(mode, "100", 3) == 0;
}

/* ---- the index ---- */

/* CE_VALID and CE_SKIP_WORKTREE of git's: `git update-index --assume-unchanged` and `--skip-worktree`. */
#define BLIND_FLAGS UINT64_C(0x40008000)

/*
 * The times of git ls-files --debug: "\n  mtime: SECONDS:NANOSECONDS\n", with "size: " and "flags: ". That is made for
 * people, so whatever isn't understood is not known.
 */
static void
read_stat(struct indexed *i, const char *stat)
{
	const char *mtime = strstr(stat, "mtime: "), *size = strstr(stat, "size: ");
	const char *flags = strstr(stat, "flags: ");
	int64_t seconds = 0, ns = 0;
	uint64_t bits = 0;

	i->is_blind = flags != NULL && sscanf(flags, "flags: %" SCNx64, &bits) == 1 &&
		      (bits & BLIND_FLAGS) != 0;
	if (mtime == NULL || size == NULL ||
	    sscanf(mtime, "mtime: %" SCNd64 ":%" SCNd64, &seconds, &ns) != 2 || seconds <= 0 ||
	    seconds > INT64_MAX / SECOND - 1 || ns < 0 || ns >= SECOND ||
	    sscanf(size, "size: %" SCNu64, &i->size) != 1)
		return;
	/* Some systems and some settings count seconds only. */
	i->modified_ns = seconds * SECOND + (ns == 0 ? SECOND - 1 : ns);
}

/* "MODE ID STAGE\tNAME\0", and what read_stat() takes. */
static void
read_indexed(struct indexed *i, struct buf *out)
{
	const char *at = buf_text(out);
	size_t len = strlen(at);
	char mode[16], id[ID_MAX], stage[4];

	/* In conflict there are several. */
	if (len >= out->len || memchr(at + len + 1, '\0', out->len - len - 1) != NULL ||
	    !take_word(&at, mode, sizeof mode) || !take_word(&at, id, sizeof id) ||
	    !take_word(&at, stage, sizeof stage) || strcmp(stage, "0") != 0 ||
	    !is_regular_mode(mode))
		return;
	memcpy(i->entry.id, id, sizeof id);
	read_stat(i, out->at + len + 1);
}

/* False: git does not know the repository. */
static bool
find_indexed(struct asking *a, struct indexed *i)
{
	const char *const words[] = { "ls-files", "-z", "--stage", "--debug", "--", a->name, NULL };
	struct buf out = { 0 };
	bool told;

	*i = (struct indexed){ .modified_ns = INT64_MAX };
	told = ask(a, words, LIST_MAX, &out) == TOLD;
	if (told)
		read_indexed(i, &out);
	buf_free(&out);
	return told;
}

/* ---- commits ---- */

/* What a commit has under the name: "MODE TYPE ID\tNAME\0". */
static void
find_in_commit(struct asking *a, const char *commit, struct entry *entry)
{
	const char *const words[] = { "ls-tree", "-z", commit, "--", a->name, NULL };
	char mode[16], type[16];
	struct buf out = { 0 };
	const char *at;

	entry->id[0] = '\0';
	if (ask_for_object(a, words, &out)) {
		at = buf_text(&out);
		if (!take_word(&at, mode, sizeof mode) || !take_word(&at, type, sizeof type) ||
		    !is_regular_mode(mode) || !take_word(&at, entry->id, sizeof entry->id))
			entry->id[0] = '\0';
	}
	buf_free(&out);
}

/* "COMMIT HEAD@{SECONDS} WHAT WAS DONE" */
static void
read_step(struct steps *steps, const char *line)
{
	struct step step = { .kind = STEP_OTHER };
	char selector[ID_MAX];
	const char *brace;

	if (!take_word(&line, step.commit, sizeof step.commit) ||
	    !take_word(&line, selector, sizeof selector) ||
	    (brace = strstr(selector, "@{")) == NULL ||
	    sscanf(brace, "@{%" SCNd64 "}", &step.seconds) != 1)
		return;
	if (strncmp(line, "commit", 6) == 0)
		step.kind = STEP_COMMIT;
	else if (strncmp(line, "reset", 5) == 0)
		step.kind = STEP_RESET;
	steps->at = mem_grow(steps->at, steps->count, &steps->cap, sizeof *steps->at);
	steps->at[steps->count++] = step;
}

static void
find_steps(struct asking *a, const char *ref, struct steps *steps)
{
	const char *const words[] = { "log", "-z", "-g", "--date=unix", "--format=%H %gd %gs",
				      ref,   "--", NULL };
	struct buf out = { 0 };
	const char *at;
	size_t len;

	if (ask(a, words, LIST_MAX, &out) == TOLD) {
		buf_text(&out); /* ends it */
		for (at = out.at; at < out.at + out.len; at += len + 1) {
			len = strlen(at);
			read_step(steps, at);
		}
	}
	buf_free(&out);
}

/* ---- texts ---- */

/* Reads a blob and asks whether it fits; false if it doesn't. */
static bool
read_fitting(struct asking *a, const char *id, uint64_t *size, struct buf *text)
{
	const char *const words[] = { "cat-file", "blob", id, NULL };

	buf_reset(text);
	if (!ask_for_object(a, words, text))
		return false;
	*size = text->len;
	return !span_starts(buf_span(text), SPAN(lfs_sign)) && a->w->fits(a->w->ctx, text);
}

static bool
fits(struct asking *a, const char *id)
{
	struct buf text = { 0 };
	uint64_t size;
	bool good = read_fitting(a, id, &size, &text);

	buf_free(&text);
	return good;
}

static bool
same(const struct entry *a, const struct entry *b)
{
	return strcmp(a->id, b->id) == 0;
}

static bool
take(struct asking *a, struct buf *text, const char *commit)
{
	buf_free(a->text);
	*a->text = *text;
	*text = (struct buf){ 0 };
	if (strcmp(commit, "index") == 0)
		snprintf(a->commit, 16, "index");
	else
		snprintf(a->commit, 16, "%.*s", SHORT_LEN, commit);
	return true;
}

static bool
refuse(struct asking *a, const char *why)
{
	a->why = why;
	return false;
}

/* ---- what was checked out ---- */

/* The second that a step must not be later than to be there before the run. */
static int64_t
begin_of(const struct git_wishes *w)
{
	return (w->begun_ns != 0 && w->begun_ns < w->data_ns ? w->begun_ns : w->data_ns) / SECOND;
}

/* Which steps are of what time. HEAD may have stood at those from `maybe` up to, not including, `before`. */
struct range {
	size_t maybe;  /* steps before this index were taken after the run */
	size_t before; /* one past the last that was in force at some time of the run */
};

static struct range
find_range(const struct git_wishes *w, const struct steps *steps)
{
	struct range r = { 0, 0 };

	while (r.maybe < steps->count && steps->at[r.maybe].seconds > w->data_ns / SECOND)
		r.maybe++;
	r.before = r.maybe;
	while (r.before < steps->count && steps->at[r.before].seconds >= begin_of(w))
		r.before++;
	if (r.before < steps->count)
		r.before++;
	return r;
}

/* The commit at which HEAD stood, or the next one, if it has just this text; else "index". */
static const char *
name_commit(struct asking *a, const struct steps *steps, const struct entry *entry)
{
	struct range r = find_range(a->w, steps);
	struct entry there;

	for (size_t i = r.maybe - (r.maybe > 0); i < r.before; i++) {
		find_in_commit(a, steps->at[i].commit, &there);
		if (same(&there, entry))
			return steps->at[i].commit;
	}
	return "index";
}

/* Is the file known to have had the index's content before the run? */
static bool
was_indexed_before(const struct git_wishes *w, const struct indexed *i)
{
	return i->entry.id[0] != '\0' && i->modified_ns <= w->data_ns &&
	       (w->begun_ns == 0 || i->modified_ns < w->begun_ns);
}

static bool
find_by_index(struct asking *a, const struct indexed *i, const struct steps *steps, bool *settled)
{
	struct buf text = { 0 };
	uint64_t size = 0;
	bool good = read_fitting(a, i->entry.id, &size, &text);

	/* git says 0 of a file that may have changed in the very moment. */
	*settled = i->size != 0 || size == 0;
	if (*settled)
		good = good ? take(a, &text, name_commit(a, steps, &i->entry))
			    : refuse(a, "what git had of it does not fit the data");
	buf_free(&text);
	return *settled && good;
}

/* Was the text that ran kept by a commit or a stash after the run, and is another one than `entry`? */
static bool
has_rival(struct asking *a, const struct steps *steps, size_t count, const struct entry *entry,
	  const struct entry *later)
{
	struct entry other, last = *entry;

	for (size_t i = count < LATER_MAX ? 0 : count - LATER_MAX; i < count; i++) {
		if (steps->at[i].kind != STEP_COMMIT)
			continue;
		find_in_commit(a, steps->at[i].commit, &other);
		if (other.id[0] == '\0' || same(&other, entry) || same(&other, &last) ||
		    (later != NULL && same(&other, later)))
			continue;
		if (fits(a, other.id))
			return true;
		last = other;
	}
	return false;
}

static bool
has_stashed_rival(struct asking *a, const struct entry *entry)
{
	struct steps stashes = { 0 };
	size_t count;
	bool rival;

	find_steps(a, "refs/stash", &stashes);
	for (count = 0; count < stashes.count; count++) {
		if (stashes.at[count].seconds < begin_of(a->w))
			break;
		stashes.at[count].kind = STEP_COMMIT;
	}
	rival = has_rival(a, &stashes, count, entry, NULL);
	free(stashes.at);
	return rival;
}

static bool
any_of_kind(const struct steps *steps, size_t count, int kind)
{
	for (size_t i = 0; i < count; i++) {
		if ((int)steps->at[i].kind == kind)
			return true;
	}
	return false;
}

/* The file was written again after the run: may what ran have been thrown away? */
static bool
stands(struct asking *a, const struct steps *steps, size_t later, const struct entry *entry,
       const struct indexed *indexed)
{
	bool moved = any_of_kind(steps, later, STEP_OTHER);
	bool again = same(entry, &indexed->entry);

	if (any_of_kind(steps, later, STEP_RESET)) {
		if (has_stashed_rival(a, entry))
			return refuse(a, "git stashed another text of it after the run");
		return refuse(a, "git reset has written it again after the run");
	}
	if (again && !moved)
		return refuse(a, "it was written again after the run");
	/* Without a change of branch, what is in the index now was written after the run. */
	if (has_rival(a, steps, later, entry, moved ? NULL : &indexed->entry))
		return refuse(a, "another text of it was committed after the run");
	return true;
}

/* HEAD as it was. */
static bool
find_by_reflog(struct asking *a, const struct indexed *indexed, const struct steps *steps)
{
	struct range r = find_range(a->w, steps);
	const struct step *found = NULL;
	struct entry entry, chosen = { "" };
	struct buf text = { 0 }, other = { 0 };
	bool tracked = false, torn = false, good;
	uint64_t size;

	for (size_t i = r.maybe; i < r.before; i++) {
		find_in_commit(a, steps->at[i].commit, &entry);
		tracked = tracked || entry.id[0] != '\0';
		if (entry.id[0] == '\0' || same(&entry, &chosen))
			continue;
		if (!read_fitting(a, entry.id, &size, &other))
			continue;
		torn = torn || found != NULL;
		found = &steps->at[i];
		chosen = entry;
		buf_free(&text);
		text = other;
		other = (struct buf){ 0 };
	}
	buf_free(&other);
	if (r.maybe == r.before)
		good = refuse(a, steps->count == 0 ? NULL
						   : "git's reflog does not go back to the run");
	else if (!tracked)
		good = refuse(a, NULL);
	else if (found == NULL)
		good = refuse(a, "what git had of it does not fit the data");
	else if (torn)
		good = refuse(a, "git had several texts of it at that time");
	else
		good = stands(a, steps, r.maybe, &chosen, indexed) && take(a, &text, found->commit);
	buf_free(&text);
	return good;
}

/* Does a program stand between what git keeps and what it checks out? "NAME\0filter\0VALUE\0" */
static bool
is_filtered(struct asking *a)
{
	const char *const words[] = { "check-attr", "-z", "filter", "--", a->name, NULL };
	struct buf out = { 0 };
	const char *value;
	bool filtered = true;

	if (ask(a, words, LIST_MAX, &out) == TOLD && out.len > strlen(buf_text(&out)) + 8) {
		value = out.at + strlen(out.at) + 8;
		filtered = strcmp(value, "unspecified") != 0 && strcmp(value, "unset") != 0;
	}
	buf_free(&out);
	return filtered;
}

static bool
find(struct asking *a)
{
	struct steps steps = { 0 };
	struct indexed indexed;
	bool known = find_indexed(a, &indexed), found = false, settled = false;

	if (known && indexed.is_blind) {
		refuse(a, "git was told not to look at it (assume-unchanged, skip-worktree)");
	} else if (known) {
		find_steps(a, "HEAD", &steps);
		if (was_indexed_before(a->w, &indexed))
			found = find_by_index(a, &indexed, &steps, &settled);
		if (!settled)
			found = find_by_reflog(a, &indexed, &steps);
		if (found && is_filtered(a))
			found = refuse(a, "what git has of it goes through a filter first");
	}
	free(steps.at);
	/* What was not heard could have spoken against it. */
	if (a->late)
		found = refuse(a, "git did not answer in time");
	else if (known && a->failed)
		found = refuse(a, "git did not tell all that there is to know");
	if (!found) {
		buf_free(a->text);
		a->commit[0] = '\0';
	}
	return found;
}

/* The nearest folder that is there. */
static char *
existing_folder(const char *path)
{
	char *folder = path_folder(path), *above;

	while (file_stamp(folder).kind != FILE_FOLDER && strcmp(folder, "/") != 0) {
		above = path_folder(folder);
		free(folder);
		folder = above;
	}
	return folder;
}

bool
git_text_find(const struct git_wishes *wishes, struct buf *text, char commit[16], const char **why)
{
	struct asking a = {
		.w = wishes,
		.folder = existing_folder(wishes->source),
		.end = clock_steady_ns() + (int64_t)ALL_MS * 1000000,
		.text = text,
		.commit = commit,
	};
	bool found;

	buf_free(text);
	commit[0] = '\0';
	a.name = path_below(wishes->source, a.folder);
	found = a.name != NULL && *a.name != '\0' && find(&a);
	*why = a.why;
	free(a.folder);
	return found;
}
