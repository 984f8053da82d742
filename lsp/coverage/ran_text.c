#include "coverage/ran_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/clock.h"
#include "platform/path.h"
#include "python/pysource.h"

#include "fits.h"
#include "git_text.h"

/* Nobody reads longer sources. */
#define SOURCE_MAX ((size_t)256 << 20)

const char *
ran_origin_name(enum ran_origin origin)
{
	static const char *const names[] = {
		[RAN_UNKNOWN] = "unknown",
		[RAN_DISK] = "disk",
		[RAN_SNAPSHOT] = "snapshot",
		[RAN_GIT] = "git",
	};

	return names[origin];
}

/* What is on the disk, as text. */
struct on_disk {
	struct file_stamp stamp;
	struct buf text;
	bool steady; /* it did not change while it was read */
};

/* Never cut inside a character. */
static void
set_why(struct ran_text *ran, const struct buf *clause)
{
	size_t len = clause->len, most = sizeof ran->why - 1;

	if (len > most) {
		for (len = most; len > 0 && ((unsigned char)clause->at[len] & 0xC0) == 0x80;)
			len--;
	}
	if (len > 0)
		memcpy(ran->why, clause->at, len);
	ran->why[len] = '\0';
}

/* As an editor has it, where that can be told. */
static void
decode(const struct ran_wishes *w, struct buf *bytes)
{
	if (w->is_python)
		py_source_decode(bytes, NULL);
}

static void
read_disk(struct on_disk *disk, const struct ran_wishes *w)
{
	struct file_stamp after;

	disk->stamp = file_stamp(w->source);
	if (disk->stamp.kind != FILE_REGULAR ||
	    file_read_all(w->source, &disk->text, SOURCE_MAX, NULL) != STATUS_OK) {
		disk->stamp.kind = FILE_NONE;
		return;
	}
	after = file_stamp(w->source);
	disk->steady = file_stamp_equal(&disk->stamp, &after);
	decode(w, &disk->text);
}

static bool
holds(const struct on_disk *disk, const struct buf *text)
{
	return disk->stamp.kind == FILE_REGULAR &&
	       span_equal(buf_span(&disk->text), buf_span(text));
}

/* ---- the disk ---- */

/* The time of the inode is new after `cp -p`, `mv` and chmod, and in whatever was unpacked or copied together
 * with its data: then it says nothing. */
static bool
was_put_in_place(const struct on_disk *disk, const struct ran_wishes *w)
{
	return w->untouched_ns != 0 && disk->stamp.changed_ns > w->untouched_ns &&
	       disk->stamp.changed_ns > w->data_ns;
}

/* By its times. Equal ones are let pass: some file systems count in seconds, and then the text is still to
 * fit. */
static bool
is_old_enough(const struct on_disk *disk, const struct ran_wishes *w, struct buf *why)
{
	int64_t modified = disk->stamp.modified_ns;
	const char *name = path_base(w->source);

	if (disk->stamp.kind == FILE_NONE)
		buf_addf(why, "'%s' is not on the disk", name);
	else if (!disk->steady)
		buf_addf(why, "'%s' is being written", name);
	else if (modified > w->data_ns)
		buf_addf(why,
			 "'%s' was changed after the tests ran, and covls had not seen it before",
			 name);
	else if (w->begun_ns != 0 && modified >= w->begun_ns)
		buf_addf(why, "'%s' was changed while the tests ran", name);
	else if (was_put_in_place(disk, w))
		buf_addf(
			why,
			"'%s' was put in its place after the tests ran (or its mode was changed), and "
			"covls had not seen it before",
			name);
	else
		return true;
	return false;
}

/* What is copied as a whole folder takes no longer to have a file in it, most often. */
#define COPIED_NS (INT64_C(10) * 1000000000)

/* Did the source come into being together with its folder and the data file? Then all of it was copied, or
 * checked out, and somebody has touched the data since. */
static bool
was_copied_with_data(const struct ran_wishes *w)
{
	char *folder = path_folder(w->source);
	int64_t born = file_born_ns(w->source), folder_born = file_born_ns(folder);

	free(folder);
	return born >= w->born_ns && folder_born >= w->born_ns - COPIED_NS;
}

/* Was it changed between two runs that are in one data file? */
static bool
is_mixed(const struct on_disk *disk, const struct ran_wishes *w)
{
	return disk->stamp.kind != FILE_NONE && w->born_ns != 0 &&
	       disk->stamp.modified_ns > w->born_ns && disk->stamp.modified_ns <= w->data_ns &&
	       !was_copied_with_data(w);
}

/* How old a text must be, against the data, for a doubt to be set aside. Whatever is younger may have been
 * saved while the tests ran. */
#define SETTLED_NS (INT64_C(30) * 1000000000)

enum likeness { NOT_RAN, MAY_HAVE_RUN, RAN };

/*
 * Is the text on the disk what ran? A tracer that was set aside for a while leaves lines out. Where the file
 * had been as it is for some time, and nobody has touched it since the data was written, that is likelier than
 * another text; but one that git knows, and that fits, is likelier still.
 */
static enum likeness
compare_disk(const struct ran_wishes *w, const struct on_disk *disk, struct buf *why)
{
	struct misfit misfit;

	if (!is_old_enough(disk, w, why))
		return NOT_RAN;
	if (fits_data(buf_span(&disk->text), w->is_python, w->data, &misfit))
		return RAN;
	if (misfit.kind == MISFIT_ORDER && disk->stamp.changed_ns <= w->data_ns &&
	    disk->stamp.modified_ns <= w->data_ns - SETTLED_NS)
		return MAY_HAVE_RUN;
	buf_addf(why, "'%s' is not the text that ran: ", path_base(w->source));
	misfit_add_text(&misfit, why);
	return NOT_RAN;
}

static void
take_disk(struct ran_text *ran, struct on_disk *disk)
{
	buf_free(&ran->text);
	ran->origin = RAN_DISK;
	ran->text = disk->text;
	disk->text = (struct buf){ 0 };
}

/* ---- git ---- */

/* Of Python no text will do that could not be looked into. */
static bool
git_text_fits(void *ctx, struct buf *bytes)
{
	const struct ran_wishes *w = ctx;
	struct misfit misfit;

	decode(w, bytes);
	return fits_data(buf_span(bytes), w->is_python, w->data, &misfit) &&
	       (misfit.kind == MISFIT_NONE || !w->is_python || w->data->tracer != NULL);
}

static bool
find_in_git(struct ran_text *ran, const struct ran_wishes *w, struct buf *why)
{
	struct ran_wishes own = *w;
	bool early = w->born_ns != 0 && (w->begun_ns == 0 || w->born_ns < w->begun_ns);
	const struct git_wishes wishes = {
		.source = w->source,
		.data_ns = w->data_ns,
		.begun_ns = early ? w->born_ns : w->begun_ns,
		.fits = git_text_fits,
		.ctx = &own,
		.progress = w->progress,
	};
	const char *refusal;

	if (git_text_find(&wishes, &ran->text, ran->commit, &refusal)) {
		ran->origin = RAN_GIT;
		return true;
	}
	if (refusal != NULL)
		buf_addf(why, "; %s", refusal);
	return false;
}

/* ---- the store ---- */

static bool
find_in_store(struct ran_text *ran, const struct ran_wishes *w, enum store_origin *origin)
{
	struct store_key key;

	return w->store != NULL && w->run != 0 &&
	       store_find_ran(w->store, w->run, w->source, &key, origin, NULL) == STATUS_OK &&
	       store_get_text(w->store, &key, &ran->text, NULL) == STATUS_OK;
}

/* For the next time, when the file has changed; a store that can't takes nothing away. */
static void
keep_in_store(const struct ran_text *ran, const struct ran_wishes *w)
{
	enum store_origin origin = ran->origin == RAN_GIT ? STORE_FROM_GIT : STORE_FROM_DISK;

	if (w->store != NULL && w->run != 0)
		store_put_ran_text(w->store, w->run, w->source, buf_span(&ran->text), origin, NULL);
}

/*
 * Another run of another text may leave the very same data, which is one run to the store. Then the file
 * got its text before the data was written again; if an older file was put in its place after the run, the
 * inode is younger than the data.
 */
static bool
has_run_again(const struct ran_wishes *w, const struct on_disk *disk)
{
	struct buf why = { 0 };
	bool again = disk->stamp.changed_ns <= w->data_ns && !is_mixed(disk, w) &&
		     compare_disk(w, disk, &why) == RAN;

	buf_free(&why);
	return again;
}

/* What the store keeps in place of a text where the data is of two: later nobody could tell any more. */
static const struct span two_texts = { "\0", 1 };

static void
say_mixed(struct ran_text *ran, const struct ran_wishes *w, struct buf *why)
{
	buf_reset(why);
	buf_addf(
		why,
		"'%s' was changed between runs that were written into the same data file (--append); "
		"delete that",
		path_base(w->source));
	buf_free(&ran->text);
	ran->origin = RAN_UNKNOWN;
}

static void
keep_mixed(const struct ran_wishes *w)
{
	if (w->store != NULL && w->run != 0)
		store_put_ran_text(w->store, w->run, w->source, two_texts, STORE_FROM_DISK, NULL);
}

/* In the order of how sure they are. */
static bool
find_anew(struct ran_text *ran, const struct ran_wishes *wishes, struct on_disk *disk,
	  struct buf *why)
{
	enum likeness likeness;

	if (is_mixed(disk, wishes)) {
		say_mixed(ran, wishes, why);
		keep_mixed(wishes);
		return false;
	}
	likeness = compare_disk(wishes, disk, why);
	if (likeness != RAN && find_in_git(ran, wishes, why))
		return true;
	if (likeness != NOT_RAN)
		take_disk(ran, disk);
	return likeness != NOT_RAN;
}

/* What the store said, unless the very same data is of another run by now. */
static bool
stands_by(struct ran_text *ran, const struct ran_wishes *w, struct on_disk *disk, struct buf *why)
{
	bool mixed = span_equal(buf_span(&ran->text), two_texts);

	if (holds(disk, &ran->text)) {
		ran->origin = RAN_DISK;
	} else if ((!mixed || w->born_ns != 0) && has_run_again(w, disk)) {
		take_disk(ran, disk);
		keep_in_store(ran, w);
	} else if (mixed) {
		say_mixed(ran, w, why);
		return false;
	}
	return true;
}

/* A file whose inode was changed so long after its content was moved, copied or unpacked. */
#define LEFT_ALONE_NS (INT64_C(2) * 1000000000)

void
ran_text_set_times(struct ran_wishes *wishes, const char *data_path, const struct file_stamp *stamp,
		   const char *format)
{
	int64_t modified = stamp->modified_ns, changed = stamp->changed_ns, born;
	int64_t now = clock_wall_ns();

	wishes->data_ns = modified;
	wishes->born_ns = wishes->untouched_ns = 0;
	if (stamp->kind != FILE_REGULAR || changed <= 0)
		return;
	/* A time that is yet to come was set by hand, or by a clock that the source's times are not of. */
	if (modified > now && changed < modified && file_stamp(wishes->source).modified_ns <= now)
		wishes->data_ns = changed;
	/* A copy is younger than its content. */
	born = file_born_ns(data_path);
	if (born == 0 || born > modified || modified > changed)
		return;
	if (changed - modified <= LEFT_ALONE_NS)
		wishes->untouched_ns = changed;
	/* coverage.py begins a run with a new file; other tools may write into the one that is there. */
	if (data_is_database(format))
		wishes->born_ns = born;
}

void
ran_text_find(struct ran_text *ran, const struct ran_wishes *wishes)
{
	struct on_disk disk = { 0 };
	struct buf why = { 0 };
	enum store_origin kept;
	bool found;

	read_disk(&disk, wishes);
	if (find_in_store(ran, wishes, &kept)) {
		ran->origin = kept == STORE_FROM_GIT ? RAN_GIT : RAN_SNAPSHOT;
		found = stands_by(ran, wishes, &disk, &why);
	} else {
		found = find_anew(ran, wishes, &disk, &why);
		if (found)
			keep_in_store(ran, wishes);
	}
	if (!found) {
		buf_add_text(&why, "; run the tests again");
		set_why(ran, &why);
	}
	buf_free(&disk.text);
	buf_free(&why);
}

char *
ran_text_former_name(const struct ran_wishes *wishes)
{
	struct on_disk disk = { 0 };
	struct store_key key;
	char *name = NULL;

	if (wishes->store == NULL || wishes->run == 0)
		return NULL;
	read_disk(&disk, wishes);
	/* Of empty texts there are many. */
	if (disk.stamp.kind == FILE_REGULAR && disk.steady && disk.text.len > 0) {
		key = store_key_of(buf_span(&disk.text));
		if (store_find_source(wishes->store, wishes->run, &key, &name, NULL) != STATUS_OK)
			name = NULL;
	}
	buf_free(&disk.text);
	if (name != NULL && file_stamp(name).kind != FILE_NONE) {
		free(name); /* this one is a copy */
		name = NULL;
	}
	return name;
}

void
ran_text_free(struct ran_text *ran)
{
	buf_free(&ran->text);
	*ran = (struct ran_text){ 0 };
}
