#include "coverage/inventory.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/name_set.h"
#include "coverage/tree.h"
#include "data/data.h"
#include "inventory_places.h"
#include "platform/clock.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "text/ignore.h"

/* The walk ends after so long, should the disk be slow; else its numbers bound it. */
#define WALK_NS        (2000 * INT64_C(1000000))
#define ENTRIES_MAX    500000u
#define LOOKED_MAX     5000u /* files whose content was asked for */
#define DEPTH_MAX      12u
#define LINK_DEPTH_MAX 3u /* below a link to a folder */
#define DATABASES_MAX  64u
#define MISSES_MAX     64u /* in one folder where nothing turned out to be a report */
#define TRIES_MAX      4u  /* files that are called like strangers of one kind and are none */
#define IGNORE_SIZE    ((size_t)1 << 20)

/* What is walked first, and how many folders of each. Each has its own bound, so that none keeps another
 * from being looked at. */
enum turn { TURN_PLACE, TURN_PLAIN, TURN_BUILD, TURN_LINK, TURNS };
static const uint32_t folders_max[TURNS] = { 2500, 6000, 2500, 500 };

#define NO_RULES SIZE_MAX

/* The patterns of one file, and where to go on if they don't decide. */
struct rules {
	struct ignore *ignore; /* may be NULL */
	size_t folder_len;     /* of the folder that they are meant from, in each path below it */
	size_t above;
};

struct node {
	char *path;
	size_t rules;
	unsigned depth, link_depth;
	bool is_plain;             /* git does not ignore it, nor is it hidden */
	const struct place *place; /* that it is, or is in */
	unsigned place_left;       /* so many levels below it are in the place, too */
};

struct queue {
	struct node *at;
	size_t count, cap, next;
};

struct walk {
	struct inventory_list *list;
	struct progress *progress;
	const char *root;
	struct queue queues[TURNS];
	struct rules *rules;
	size_t rules_count, rules_cap;
	struct name_set seen;      /* folders, by device and inode */
	struct text_list expected; /* where reports may appear */
	uint32_t entries, looked;
	unsigned tries[STRANGER_KINDS];
	size_t strangers[STRANGER_KINDS]; /* the place in the list, and 1 */
	int64_t until;
	bool stopped;
	bool has_denied; /* one folder that may not be read has been told of */
};

/* ---- what git ignores ------------------------------------------------------------------------- */

static size_t
add_rules(struct walk *w, const char *folder, const char *file, size_t above)
{
	struct rules rules = { .folder_len = strlen(folder), .above = above };
	char *path = path_join(folder, file);
	struct buf text = { 0 };

	if (file_read_all(path, &text, IGNORE_SIZE, NULL) == STATUS_OK)
		rules.ignore = ignore_parse(buf_span(&text));
	buf_free(&text);
	free(path);
	if (rules.ignore == NULL)
		return above;
	if (rules.folder_len == 1)
		rules.folder_len = 0; /* of "/" */
	w->rules = mem_grow(w->rules, w->rules_count, &w->rules_cap, sizeof *w->rules);
	w->rules[w->rules_count] = rules;
	return w->rules_count++;
}

static bool
is_ignored(const struct walk *w, size_t rules, const char *folder)
{
	for (; rules != NO_RULES; rules = w->rules[rules].above) {
		const struct rules *r = &w->rules[rules];
		enum ignore_verdict verdict =
			ignore_match(r->ignore, span_of(folder + r->folder_len + 1), true);

		if (verdict != IGNORE_UNDECIDED)
			return verdict == IGNORE_YES;
	}
	return false;
}

static bool
has_git(const char *folder)
{
	char *path = path_join(folder, ".git");
	bool has = file_stamp(path).kind != FILE_NONE;

	free(path);
	return has;
}

/* The rules that hold in `folder` because of what lies above it; NO_RULES outside of a repository. */
static size_t
rules_above(struct walk *w, const char *folder, unsigned level, bool *in_repository)
{
	char *above;
	size_t rules;

	*in_repository = has_git(folder);
	if (*in_repository)
		return add_rules(w, folder, ".git/info/exclude", NO_RULES);
	if (level == 0 || strcmp(folder, "/") == 0)
		return NO_RULES;
	above = path_folder(folder);
	rules = rules_above(w, above, level - 1, in_repository);
	if (*in_repository)
		rules = add_rules(w, above, ".gitignore", rules);
	free(above);
	return rules;
}

/* ---- files ------------------------------------------------------------------------------------ */

static void
add_file(struct walk *w, const char *path, const char *format, const char *why)
{
	struct inventory_list *list = w->list;

	list->files = mem_grow(list->files, list->count, &list->cap, sizeof *list->files);
	list->files[list->count++] =
		(struct inventory_file){ mem_copy(path), file_stamp(path), format, why };
}

static void
add_stranger(struct inventory_list *list, const char *path, const struct error *err)
{
	list->strangers = mem_grow(list->strangers, list->stranger_count, &list->stranger_cap,
				   sizeof *list->strangers);
	list->strangers[list->stranger_count++] =
		(struct inventory_stranger){ mem_copy(path), mem_copy(err->text), 0 };
}

static void
add_database(struct walk *w, const char *path)
{
	struct inventory_list *list = w->list;

	if (list->database_count >= DATABASES_MAX)
		return;
	list->databases = mem_grow(list->databases, list->database_count, &list->database_cap,
				   sizeof *list->databases);
	list->databases[list->database_count++] =
		(struct inventory_file){ mem_copy(path), file_stamp(path), "",
					 "in a folder of the workspace" };
}

/* One of each kind is looked at, the others are counted. */
static void
look_at_stranger(struct walk *w, const char *path, unsigned kind)
{
	struct inventory_list *list = w->list;
	struct error err = { 0 };
	const char *format;

	if (w->strangers[kind] > 0) {
		list->strangers[w->strangers[kind] - 1].more++;
		return;
	}
	if (w->tries[kind]++ >= TRIES_MAX)
		return;
	format = data_recognize(path, &err);
	if (data_is_database(format))
		add_database(w, path);
	if (format != NULL || err.status != STATUS_BAD_DATA)
		return;
	add_stranger(list, path, &err);
	w->strangers[kind] = list->stranger_count;
}

static bool
is_unreadable(const struct error *err)
{
	return err->status == STATUS_BAD_DATA || err->status == STATUS_EMPTY ||
	       err->status == STATUS_DENIED;
}

/* Somebody may be about to write it. */
static bool
is_unfinished(const char *path, const struct error *err)
{
	return is_unreadable(err) && strcmp(path_base(path), ".coverage") == 0;
}

/* Is it a report? */
static bool
look_at_file(struct walk *w, const struct node *node, const char *path)
{
	struct error err = { 0 };
	const char *format;

	if (w->looked >= LOOKED_MAX) {
		w->list->cut = true;
		return false;
	}
	w->looked++;
	format = data_recognize(path, &err);
	if (format == NULL && is_unreadable(&err) && place_is_sure_name(path_base(path)))
		format = "";
	if (data_is_database(format) || (format == NULL && is_unfinished(path, &err))) {
		add_database(w, path);
		return false;
	}
	if (format == NULL)
		return false;
	add_file(w, path, format, node->place == NULL ? "by its name" : node->place->why);
	return *format != '\0';
}

/* ---- one folder ------------------------------------------------------------------------------- */

struct listing {
	struct walk *w;
	const struct node *node;
	struct text_list files, strangers, folders, links;
	unsigned *kinds; /* of the strangers */
	size_t kinds_cap;
	bool has_git, has_ignore, is_virtualenv;
};

static void
note_file(struct listing *l, const char *name)
{
	unsigned kind = 0;
	enum report_name is = place_judge_name(name, &kind);

	l->has_ignore = l->has_ignore || strcmp(name, ".gitignore") == 0;
	l->is_virtualenv = l->is_virtualenv || strcmp(name, "pyvenv.cfg") == 0;
	if (l->node->is_plain && l->w->expected.count < INVENTORY_FOLDERS_MAX)
		place_add_expected(l->node->path, name, &l->w->expected);
	if (is == NAME_STRANGER) {
		l->kinds = mem_grow(l->kinds, l->strangers.count, &l->kinds_cap, sizeof *l->kinds);
		l->kinds[l->strangers.count] = kind;
		text_list_add(&l->strangers, span_of(name));
	} else if (is == NAME_REPORT || is == NAME_DATABASE ||
		   (is == NAME_IN_PLACE && l->node->place != NULL && !l->node->place->is_build)) {
		text_list_add(&l->files, span_of(name));
	}
}

static bool
on_entry(void *ctx, const struct folder_entry *entry)
{
	struct listing *l = ctx;

	l->has_git = l->has_git || strcmp(entry->name, ".git") == 0;
	if (entry->is_link)
		text_list_add(&l->links, span_of(entry->name));
	else if (entry->kind == FILE_REGULAR)
		note_file(l, entry->name);
	else if (entry->kind == FILE_FOLDER && !tree_is_foreign(entry->name))
		text_list_add(&l->folders, span_of(entry->name));
	return ++l->w->entries < ENTRIES_MAX;
}

/* What a link leads to. */
static void
follow_links(struct listing *l)
{
	struct text_list folders = { 0 };

	for (size_t i = 0; i < l->links.count; i++) {
		char *path = path_join(l->node->path, l->links.at[i]);
		enum file_kind kind = file_stamp(path).kind;

		if (kind == FILE_REGULAR)
			note_file(l, l->links.at[i]);
		else if (kind == FILE_FOLDER && !tree_is_foreign(l->links.at[i]))
			text_list_add(&folders, span_of(l->links.at[i]));
		free(path);
	}
	text_list_free(&l->links);
	l->links = folders;
}

static void
look_at_files(struct listing *l)
{
	unsigned misses = 0;
	bool any = false;

	for (size_t i = 0; i < l->files.count && (any || misses < MISSES_MAX); i++) {
		char *path = path_join(l->node->path, l->files.at[i]);

		if (look_at_file(l->w, l->node, path))
			any = true;
		else
			misses++;
		free(path);
	}
	for (size_t i = 0; i < l->strangers.count; i++) {
		char *path = path_join(l->node->path, l->strangers.at[i]);

		look_at_stranger(l->w, path, l->kinds[i]);
		free(path);
	}
}

static void
push(struct walk *w, enum turn turn, struct node node)
{
	struct queue *q = &w->queues[turn];

	if (q->count >= folders_max[turn]) {
		w->list->cut = true;
		free(node.path);
		return;
	}
	q->at = mem_grow(q->at, q->count, &q->cap, sizeof *q->at);
	q->at[q->count++] = node;
}

static enum turn
turn_of(const struct node *node, bool is_way)
{
	if (node->place != NULL && !node->place->is_build)
		return TURN_PLACE;
	if (is_way)
		return TURN_PLACE;
	return node->is_plain ? TURN_PLAIN : TURN_BUILD;
}

/* A folder below `parent`, if it is one to be entered. With the patterns that some projects have for git, that
 * alone may take most of the time. */
static void
add_child(struct walk *w, const struct node *parent, size_t rules, const char *name, bool is_link)
{
	struct node node = { .path = path_join(parent->path, name),
			     .rules = rules,
			     .depth = parent->depth + 1,
			     .link_depth = parent->link_depth };
	const char *below = node.path + (strcmp(w->root, "/") == 0 ? 0 : strlen(w->root));
	bool is_way, ignored = parent->is_plain && *name != '.' && is_ignored(w, rules, node.path);

	if (is_link || parent->link_depth > 0)
		node.link_depth++;
	node.is_plain = parent->is_plain && *name != '.' && !ignored;
	node.place = place_find(below, &is_way);
	node.place_left = node.place == NULL ? 0 : node.place->depth;
	if (node.place == NULL && parent->place != NULL && parent->place_left > 0) {
		node.place = parent->place;
		node.place_left = parent->place_left - 1;
	}
	if ((!node.is_plain && node.place == NULL && !is_way) || node.depth > DEPTH_MAX ||
	    node.link_depth > LINK_DEPTH_MAX) {
		w->list->left_out |= ignored;
		free(node.path);
	} else {
		push(w, is_link ? TURN_LINK : turn_of(&node, is_way), node);
	}
}

static bool
is_first_visit(struct walk *w, const char *path)
{
	struct file_stamp stamp = file_stamp(path);
	uint64_t key[2] = { stamp.device, stamp.inode };
	uint32_t *seen;

	if (stamp.kind != FILE_FOLDER)
		return false;
	seen = name_set_put(&w->seen, 0, (struct span){ (const char *)key, sizeof key });
	return (*seen)++ == 0;
}

static bool
may_go_on(struct walk *w)
{
	w->stopped = w->stopped || !progress_step(w->progress, 0);
	if (w->entries >= ENTRIES_MAX || clock_steady_ns() > w->until)
		w->list->cut = true;
	return !w->stopped && w->entries < ENTRIES_MAX && clock_steady_ns() <= w->until;
}

static void
enter_children(struct listing *l)
{
	const struct node *node = l->node;
	size_t rules = node->rules;

	if (l->has_git && strcmp(node->path, l->w->root) != 0)
		rules = add_rules(l->w, node->path, ".git/info/exclude", NO_RULES);
	if (l->has_ignore && node->is_plain)
		rules = add_rules(l->w, node->path, ".gitignore", rules);
	for (size_t i = 0; i < l->folders.count && may_go_on(l->w); i++)
		add_child(l->w, node, rules, l->folders.at[i], false);
	for (size_t i = 0; i < l->links.count && may_go_on(l->w); i++)
		add_child(l->w, node, rules, l->links.at[i], true);
}

static void
visit(struct walk *w, const struct node *node)
{
	struct listing l = { .w = w, .node = node };
	struct error err = { 0 };

	if (!is_first_visit(w, node->path))
		return;
	w->list->folders_seen++;
	/* A folder that may hold reports, and that nobody lets us see, may be why there are none. */
	if (folder_read(node->path, on_entry, &l, &err) == STATUS_DENIED && !w->has_denied &&
	    (node->place != NULL || node->depth == 0)) {
		w->has_denied = true;
		add_stranger(w->list, node->path, &err);
	}
	if (!l.is_virtualenv) {
		follow_links(&l);
		look_at_files(&l);
		enter_children(&l);
	}
	text_list_free(&l.files);
	text_list_free(&l.strangers);
	text_list_free(&l.folders);
	text_list_free(&l.links);
	free(l.kinds);
}

/* ---- all of them ------------------------------------------------------------------------------ */

/* The first of the turns in which somebody waits; false: nobody does. */
static bool
take_next(struct walk *w, struct node *node)
{
	for (size_t turn = 0; turn < TURNS; turn++) {
		struct queue *q = &w->queues[turn];

		if (q->next < q->count) {
			*node = q->at[q->next];
			q->at[q->next++].path = NULL;
			return true;
		}
	}
	return false;
}

static void
walk_free(struct walk *w)
{
	for (size_t turn = 0; turn < TURNS; turn++) {
		for (size_t i = w->queues[turn].next; i < w->queues[turn].count; i++)
			free(w->queues[turn].at[i].path);
		free(w->queues[turn].at);
	}
	for (size_t i = 0; i < w->rules_count; i++)
		ignore_free(w->rules[i].ignore);
	free(w->rules);
	name_set_free(&w->seen);
	text_list_free(&w->expected);
}

static int
compare_files(const void *left, const void *right)
{
	const struct inventory_file *a = left, *b = right;

	if (a->stamp.modified_ns != b->stamp.modified_ns)
		return a->stamp.modified_ns > b->stamp.modified_ns ? -1 : 1;
	return strcmp(a->path, b->path);
}

static void
add_folders(struct text_list *to, const struct text_list *from)
{
	for (size_t i = 0; i < from->count && to->count < INVENTORY_FOLDERS_MAX; i++)
		text_list_add_once(to, from->at[i]);
}

/* Where reports are has half of the room at most: some may be gone and come again elsewhere. */
static void
list_folders(struct walk *w)
{
	struct inventory_list *list = w->list;
	struct text_list usual = { 0 };

	for (size_t i = 0; i < list->count && list->folders.count < INVENTORY_FOLDERS_MAX / 2;
	     i++) {
		char *folder = path_folder(list->files[i].path);

		text_list_add_once(&list->folders, folder);
		free(folder);
	}
	place_add_common(w->root, &usual);
	add_folders(&list->folders, &usual);
	add_folders(&list->folders, &w->expected);
	text_list_free(&usual);
}

/* Somebody who has made no report but pages wonders why nothing shows. */
static void
add_page(struct inventory_list *list, const char *root)
{
	struct error what = { 0 };
	char *path = place_find_page(root, &what);

	if (path != NULL)
		add_stranger(list, path, &what);
	free(path);
}

/* False: stopped. */
static bool
fill_list(struct inventory_list *list, const char *root, struct progress *progress)
{
	struct walk w = { .list = list, .progress = progress, .root = root };
	struct node node = { .path = mem_copy(root), .is_plain = true };
	bool in_repository;

	w.until = clock_steady_ns() + WALK_NS;
	node.rules = rules_above(&w, root, DEPTH_MAX * 2, &in_repository);
	push(&w, TURN_PLAIN, node);
	while (may_go_on(&w) && take_next(&w, &node)) {
		visit(&w, &node);
		free(node.path);
	}
	if (list->count > 0)
		qsort(list->files, list->count, sizeof *list->files, compare_files);
	if (list->database_count > 0)
		qsort(list->databases, list->database_count, sizeof *list->databases,
		      compare_files);
	if (list->count == 0 && list->database_count == 0)
		add_page(list, root);
	list_folders(&w);
	walk_free(&w);
	return !w.stopped;
}

/* ---- what is kept ----------------------------------------------------------------------------- */

struct kept {
	char *root;
	struct inventory_list list;
};

struct inventory {
	struct kept **at; /* each by itself, so that a list stays where it is */
	size_t count, cap;
	struct text_list had; /* folders where something was found at any time: it may come again */
};

static void
free_kept(struct kept *kept)
{
	struct inventory_list *list = &kept->list;

	for (size_t i = 0; i < list->count; i++)
		free(list->files[i].path);
	for (size_t i = 0; i < list->database_count; i++)
		free(list->databases[i].path);
	free(list->databases);
	for (size_t i = 0; i < list->stranger_count; i++) {
		free(list->strangers[i].path);
		free(list->strangers[i].text);
	}
	free(list->files);
	free(list->strangers);
	text_list_free(&list->folders);
	free(kept->root);
	free(kept);
}

struct inventory *
inventory_open(void)
{
	return mem_alloc(1, sizeof(struct inventory));
}

void
inventory_renew(struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->count; i++)
		free_kept(inventory->at[i]);
	inventory->count = 0;
}

void
inventory_close(struct inventory *inventory)
{
	if (inventory == NULL)
		return;
	inventory_renew(inventory);
	text_list_free(&inventory->had);
	free(inventory->at);
	free(inventory);
}

static void
add_had(struct inventory *inventory, const char *path)
{
	char *folder = path_folder(path);

	if (inventory->had.count < INVENTORY_FOLDERS_MAX / 2)
		text_list_add_once(&inventory->had, folder);
	free(folder);
}

/* A test run begins by deleting what the one before has written, or all but what it writes last. */
static void
keep_watching(struct inventory *inventory, struct inventory_list *list, const char *root)
{
	for (size_t i = 0; i < list->count; i++)
		add_had(inventory, list->files[i].path);
	for (size_t i = 0; i < list->database_count; i++)
		add_had(inventory, list->databases[i].path);
	for (size_t i = 0; i < inventory->had.count && list->folders.count < INVENTORY_FOLDERS_MAX;
	     i++) {
		if (path_is_within(inventory->had.at[i], root))
			text_list_add_once(&list->folders, inventory->had.at[i]);
	}
}

const struct inventory_list *
inventory_of(struct inventory *inventory, const char *root, struct progress *progress)
{
	struct kept *kept;

	for (size_t i = 0; i < inventory->count; i++) {
		if (strcmp(inventory->at[i]->root, root) == 0)
			return &inventory->at[i]->list;
	}
	kept = mem_alloc(1, sizeof *kept);
	kept->root = mem_copy(root);
	if (!fill_list(&kept->list, root, progress)) {
		free_kept(kept);
		return NULL;
	}
	keep_watching(inventory, &kept->list, root);
	inventory->at =
		mem_grow(inventory->at, inventory->count, &inventory->cap, sizeof(struct kept *));
	inventory->at[inventory->count++] = kept;
	return &kept->list;
}

/* nyc calls what ran after its process: "0c1f5a2e-....json". */
static bool
is_of_nyc(const char *name)
{
	return strspn(name, "0123456789abcdef-") == 36 && strcmp(name + 36, ".json") == 0;
}

bool
inventory_is_name(const char *name)
{
	unsigned kind;
	enum report_name is = place_judge_name(name, &kind);

	return is == NAME_REPORT || is == NAME_DATABASE || is == NAME_STRANGER || is_of_nyc(name) ||
	       strcmp(name, "report.xml") == 0;
}
