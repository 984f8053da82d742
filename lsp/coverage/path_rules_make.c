#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "coverage/discover.h"
#include "coverage/path_rules.h"
#include "go_module.h"
#include "infer.h"
#include "package_line.h"
#include "platform/file.h"
#include "platform/path.h"
#include "recorded.h"

/* So many names of a report stand for all. */
#define SAMPLE_MAX 2000u
/* So many of these are looked up for each folder that is a candidate; with none among the first few there
 * it is given up. */
#define LOOK_MAX  200u
#define LOOK_FEW  24u
#define BASES_MAX 32u
/* So many parts of a base from another machine, and folders above the report, are tried. */
#define PARTS_MAX  8
#define LEVELS_MAX 64
#define LINKS_MAX  16u
#define GO_MOD_MAX ((size_t)1 << 20)

struct sample {
	const char *name; /* normal */
	bool absolute;
	bool settled; /* a rule says where it is, even if there is nothing */
};

struct maker {
	struct path_rules *rules;
	const struct data_index *index;
	const struct path_rules_options *options;
	struct text_list names;
	struct sample *samples;
	size_t count;
	/* Folders that relative names may be seen from, nearest first, without symbolic links; the first
	 * `above` are that of the report and those above it. */
	struct text_list anchors;
	size_t above;
	struct text_list roots; /* without symbolic links */
	uint32_t rank;
};

static void
end_with_slash(struct buf *path)
{
	if (path->len > 0 && path->at[path->len - 1] != '/')
		buf_add_char(path, '/');
}

static char *
with_slash(const char *path)
{
	struct buf out = { 0 };

	buf_add_text(&out, path);
	end_with_slash(&out);
	return buf_take(&out);
}

static bool
has_rule(const struct maker *m, const char *from, const char *to)
{
	const struct path_rules *r = m->rules;
	bool has = false;

	for (size_t i = 0; i < r->count && !has; i++)
		has = strcmp(r->at[i].from, from) == 0 && strcmp(r->at[i].to, to) == 0;
	return has;
}

/* `to` needs no '/' at its end. */
static struct path_rule *
add_rule(struct maker *m, enum path_rule_kind kind, const char *from, const char *to)
{
	struct path_rules *r = m->rules;
	char *folder = with_slash(to);

	if (has_rule(m, from, folder)) {
		free(folder);
		return NULL;
	}
	r->at = mem_grow(r->at, r->count, &r->cap, sizeof *r->at);
	r->at[r->count] = (struct path_rule){
		.kind = kind, .rank = m->rank, .from = mem_copy(from), .to = folder
	};
	return &r->at[r->count++];
}

static bool
is_there(const char *folder, const char *name)
{
	char *path = path_join(folder, name);
	bool there = file_stamp(path).kind == FILE_REGULAR;

	free(path);
	return there;
}

struct tally {
	uint32_t tried, found;
};

/* Is a name one of those that a rule with that `from` is about? */
static bool
is_about(const struct sample *s, const char *from)
{
	return strncmp(s->name, from, strlen(from)) == 0 &&
	       s->absolute == recorded_is_absolute(span_of(from));
}

/* Of the relative names that are not settled: how many are in the folder? */
static struct tally
count_relative(const struct maker *m, const char *folder)
{
	struct tally t = { 0, 0 };
	size_t open = 0, step, at = 0;

	for (size_t i = 0; i < m->count; i++)
		open += !m->samples[i].settled && !m->samples[i].absolute;
	step = open / LOOK_MAX + 1;
	for (size_t i = 0; i < m->count; i++) {
		const struct sample *s = &m->samples[i];

		if (s->settled || s->absolute || at++ % step != 0)
			continue;
		t.tried++;
		t.found += is_there(folder, s->name);
		if (t.tried == LOOK_FEW && t.found == 0)
			break;
	}
	return t;
}

static bool
has_relative(const struct maker *m)
{
	bool has = false;

	for (size_t i = 0; i < m->count && !has; i++)
		has = !m->samples[i].settled && !m->samples[i].absolute;
	return has;
}

static void
settle_relative(struct maker *m)
{
	for (size_t i = 0; i < m->count; i++)
		m->samples[i].settled |= !m->samples[i].absolute;
}

/* The names, those that are written in other ways than normal, and a sample of them. */
static void
take_name(struct maker *m, size_t number, bool sampled, struct buf *normal)
{
	struct span name = data_index_name(m->index, number);

	if (recorded_is_normal(name) && !m->rules->any_case && !sampled)
		return;
	recorded_normalize(name, normal);
	if (sampled && normal->len > 0) {
		text_list_add(&m->names, buf_span(normal));
		m->samples[m->count++] = (struct sample){
			.name = m->names.at[m->names.count - 1],
			.absolute = recorded_is_absolute(buf_span(normal)),
		};
	}
	if (m->rules->any_case)
		recorded_fold(normal);
	if (!span_equal(buf_span(normal), name)) {
		uint32_t *slot = name_set_put(&m->rules->forms, 0, buf_span(normal));

		*slot = *slot == 0 ? (uint32_t)number + 1 : *slot;
	}
}

static void
take_names(struct maker *m)
{
	size_t all = m->index->name_count, step = all / SAMPLE_MAX + 1;
	struct buf normal = { 0 };

	m->samples = mem_alloc(all / step + 1, sizeof *m->samples);
	for (size_t i = 0; i < all; i++)
		take_name(m, i, i % step == 0, &normal);
	buf_free(&normal);
}

static bool
is_within_any(const char *path, const struct text_list *folders)
{
	bool within = false;

	for (size_t i = 0; i < folders->count && !within; i++)
		within = path_is_within(path, folders->at[i]);
	return within;
}

static bool
is_top(const struct maker *m, const char *folder, bool in_root)
{
	if (strcmp(folder, "/") == 0)
		return true;
	if (!in_root)
		return discover_is_top(folder);
	/* The innermost workspace folder; in one of several packages that is opened by itself, too. */
	return text_list_has(&m->roots, folder);
}

static void
find_anchors(struct maker *m)
{
	char *folder = path_resolve("/", m->options->folder);
	bool in_root;

	for (size_t i = 0; i < m->options->roots->count; i++) {
		char *root = path_resolve("/", m->options->roots->at[i]);

		text_list_add_once(&m->roots, root);
		free(root);
	}
	in_root = is_within_any(folder, &m->roots);
	for (int level = 0; level < LEVELS_MAX; level++) {
		char *above = path_folder(folder);
		bool last = is_top(m, folder, in_root);

		text_list_add_once(&m->anchors, folder);
		free(folder);
		folder = above;
		if (last)
			break;
	}
	free(folder);
	m->above = m->anchors.count;
	for (size_t i = 0; i < m->roots.count; i++)
		text_list_add_once(&m->anchors, m->roots.at[i]);
}

/* Counts what a rule explains, and settles that if it is to. */
static void
count_explained(struct maker *m, struct path_rule *rule, bool settle)
{
	for (size_t i = 0; i < m->count; i++) {
		struct sample *s = &m->samples[i];

		if (!is_about(s, rule->from))
			continue;
		rule->tried++;
		if (is_there(rule->to, s->name + strlen(rule->from))) {
			rule->found++;
			s->settled |= settle;
		}
	}
}

static void
settle_found(struct maker *m, struct path_rule *rule)
{
	count_explained(m, rule, true);
}

static bool
begins_any(const struct maker *m, struct span from)
{
	bool any = false;

	for (size_t i = 0; i < m->count && !any; i++)
		any = span_starts(span_of(m->samples[i].name), from);
	return any;
}

/* Windows knows no case: what begins with a drive is written as the report has it. */
static void
spell_as_recorded(const struct maker *m, struct buf *from)
{
	size_t len = from->len;
	struct buf folded = { 0 }, name = { 0 };
	bool done = len < 2 || from->at[1] != ':' || begins_any(m, buf_span(from));

	buf_add(&folded, buf_span(from));
	recorded_fold(&folded);
	for (size_t i = 0; i < m->count && !done; i++) {
		buf_reset(&name);
		buf_add_text(&name, m->samples[i].name);
		recorded_fold(&name);
		done = span_starts(buf_span(&name), buf_span(&folded));
		if (done) {
			buf_reset(from);
			buf_add(from, (struct span){ m->samples[i].name, len });
		}
	}
	buf_free(&folded);
	buf_free(&name);
}

static void
add_mapping(struct maker *m, const struct path_mapping *mapping)
{
	struct buf from = { 0 };
	char *home = path_expand_home(mapping->to);
	size_t count = path_is_absolute(home) ? 1 : m->roots.count;

	recorded_normalize(span_of(mapping->from), &from);
	end_with_slash(&from);
	spell_as_recorded(m, &from);
	for (size_t i = 0; i < count; i++) {
		char *to = path_resolve(m->roots.count > 0 ? m->roots.at[i] : "/", home);
		struct path_rule *rule = add_rule(m, PATH_RULE_SETTING, buf_text(&from), to);

		if (rule != NULL)
			settle_found(m, rule);
		m->rank++;
		free(to);
	}
	free(home);
	buf_free(&from);
}

/* The report was written by way of a link: '/home/me/link/' is '/data/proj/'. */
static void
add_link(struct maker *m, const char *path)
{
	char *real = path_real(path);
	size_t len = strlen(path), n = real == NULL ? 0 : strlen(real), same = 0;

	for (size_t i = 0; i < len && i < n && path[len - 1 - i] == real[n - 1 - i]; i++)
		same = path[len - 1 - i] == '/' ? i : same;
	if (same > 0 && strcmp(path, real) != 0 && m->rules->count < LINKS_MAX) {
		char *from = mem_text(path, len - same), *to = mem_text(real, n - same);

		add_rule(m, PATH_RULE_AS_IS, from, to);
		free(from);
		free(to);
	}
	free(real);
}

static void
add_as_is(struct maker *m)
{
	size_t at = m->rules->count;

	add_rule(m, PATH_RULE_AS_IS, "/", "/");
	m->rank++;
	for (size_t i = 0; i < m->count; i++) {
		struct sample *s = &m->samples[i];
		bool found;

		if (s->name[0] != '/')
			continue;
		m->rules->at[at].tried++;
		found = file_stamp(s->name).kind == FILE_REGULAR;
		m->rules->at[at].found += found;
		/* What lies in the workspace and is not there is nowhere else. */
		s->settled |= found || is_within_any(s->name, &m->roots);
		if (found)
			add_link(m, s->name);
	}
	m->rank++;
}

/* How many folders up a relative name begins. */
static unsigned
count_up(const char *name)
{
	unsigned up = 0;

	for (; strncmp(name, "../", 3) == 0; name += 3)
		up++;
	return up;
}

/* Relative names are seen from a folder, those that begin with "../" from one above it. */
static void
add_seen_from(struct maker *m, enum path_rule_kind kind, const char *folder, struct tally tally)
{
	struct path_rule *rule = add_rule(m, kind, "", folder);
	unsigned most = 0;
	struct buf from = { 0 };
	char *to = mem_copy(folder);

	if (rule != NULL) {
		rule->tried = tally.tried;
		rule->found = tally.found;
	}
	for (size_t i = 0; i < m->count; i++) {
		unsigned up = m->samples[i].absolute ? 0 : count_up(m->samples[i].name);

		most = up > most && up <= LEVELS_MAX ? up : most;
	}
	for (unsigned up = 0; up < most; up++) {
		char *above = path_folder(to);

		free(to);
		to = above;
		buf_add_text(&from, "../");
		rule = add_rule(m, kind, buf_text(&from), to);
		if (rule != NULL)
			count_explained(m, rule, false);
	}
	free(to);
	buf_free(&from);
}

/* Where a base may be here. */
struct places {
	struct text_list at;
	size_t near; /* the first so many lie above the report, or are the base itself */
};

static void
add_places(struct maker *m, struct places *places, const char *end, bool near)
{
	for (size_t i = near ? 0 : m->above; i < (near ? m->above : m->anchors.count); i++) {
		char *path = path_join(m->anchors.at[i], end);

		text_list_add_once(&places->at, path);
		free(path);
	}
}

/* The ends of a base's name, longest first, at most PARTS_MAX. */
static void
list_ends(const char *base, struct text_list *ends)
{
	const char *starts[PARTS_MAX];
	size_t count = 0;

	for (const char *at = base + strlen(base); at > base && count < PARTS_MAX; at--) {
		if (at[-1] == '/')
			starts[count++] = at;
	}
	while (count > 0) {
		if (*starts[--count] != '\0')
			text_list_add_once(ends, starts[count]);
	}
}

static void
list_places(struct maker *m, const char *base, struct places *places)
{
	struct text_list ends = { 0 };

	if (base[0] == '/')
		text_list_add_once(&places->at, base);
	if (recorded_is_absolute(span_of(base)))
		list_ends(base, &ends);
	else
		text_list_add_once(&ends, base);
	for (size_t i = 0; i < ends.count; i++)
		add_places(m, places, ends.at[i], true);
	places->near = places->at.count;
	for (size_t i = 0; i < ends.count; i++)
		add_places(m, places, ends.at[i], false);
	text_list_free(&ends);
}

static void
tell_tie(struct maker *m, const char *a, const char *b)
{
	for (size_t i = 0; i < m->count && m->rules->trouble[0] == '\0'; i++) {
		const struct sample *s = &m->samples[i];

		if (s->settled || s->absolute || !is_there(a, s->name) || !is_there(b, s->name))
			continue;
		snprintf(m->rules->trouble, sizeof m->rules->trouble,
			 "'%s' may be '%s/%s' or '%s/%s'; set covls.pathMappings", s->name, a,
			 s->name, b, s->name);
	}
}

/*
 * The place under which names are: the nearest that has more than half as many as the one with the
 * most. Of places that aren't above the report none is nearer: if two of them have so many, it's a tie.
 * NULL: none, or a tie.
 */
static const char *
choose_place(struct maker *m, const struct places *places, struct tally *tally)
{
	struct tally *tallies = mem_alloc(places->at.count, sizeof *tallies);
	const char *chosen = NULL;
	uint32_t most = 0;
	bool tie = false;

	for (size_t i = 0; i < places->at.count; i++) {
		tallies[i] = count_relative(m, places->at.at[i]);
		most = tallies[i].found > most ? tallies[i].found : most;
	}
	for (size_t i = 0; i < places->at.count && most > 0; i++) {
		if (tallies[i].found * 2 <= most)
			continue;
		if (chosen == NULL) {
			chosen = places->at.at[i];
			*tally = tallies[i];
			if (i < places->near)
				break;
		} else {
			tell_tie(m, chosen, places->at.at[i]);
			tie = true;
		}
	}
	free(tallies);
	return tie ? NULL : chosen;
}

/* What the report says that relative names are seen from. */
static void
add_bases(struct maker *m)
{
	struct text_list folders = { 0 };
	struct tally all = { 0, 0 }, tally = { 0, 0 };
	struct buf base = { 0 };

	for (size_t i = 0; i < m->index->bases.count && i < BASES_MAX && has_relative(m); i++) {
		struct places places = { 0 };
		const char *folder;

		recorded_normalize(span_of(m->index->bases.at[i]), &base);
		list_places(m, buf_text(&base), &places);
		folder = choose_place(m, &places, &tally);
		if (folder != NULL)
			text_list_add_once(&folders, folder);
		text_list_free(&places.at);
	}
	for (size_t i = 0; i < m->count; i++) {
		bool found = false;

		if (m->samples[i].settled || m->samples[i].absolute)
			continue;
		for (size_t k = 0; k < folders.count && !found; k++)
			found = is_there(folders.at[k], m->samples[i].name);
		all.tried++;
		all.found += found;
	}
	if (all.found * 2 > all.tried) {
		for (size_t i = 0; i < folders.count; i++)
			add_seen_from(m, PATH_RULE_BASE, folders.at[i],
				      count_relative(m, folders.at[i]));
		settle_relative(m);
		m->rank++;
	}
	text_list_free(&folders);
	buf_free(&base);
}

/* A folder above the report is where its names are most often seen from: a quarter of them will do, as a report
 * may tell of generated sources, and of some that are gone. Elsewhere it takes most. */
static bool
is_enough(const struct places *places, const char *folder, struct tally tally)
{
	for (size_t i = 0; i < places->near; i++) {
		if (places->at.at[i] == folder)
			return tally.found * 4 >= tally.tried;
	}
	return tally.found * 2 > tally.tried;
}

static void
add_folder(struct maker *m)
{
	struct places places = { .near = m->above };
	struct tally tally = { 0, 0 };
	const char *folder;

	if (!has_relative(m))
		return;
	for (size_t i = 0; i < m->anchors.count; i++)
		text_list_add_once(&places.at, m->anchors.at[i]);
	folder = choose_place(m, &places, &tally);
	if (folder != NULL && is_enough(&places, folder, tally)) {
		add_seen_from(m, PATH_RULE_FOLDER, folder, tally);
		settle_relative(m);
		m->rank++;
	}
	text_list_free(&places.at);
}

/* Module paths and their folders. */
struct modules {
	struct text_list paths, folders;
	const char *folder; /* of the go.mod that is read */
};

static void
on_module(void *ctx, struct span path, struct span folder)
{
	struct modules *modules = ctx;
	char *name = mem_text(folder.at, folder.len), *where = path_join(modules->folder, name);

	text_list_add(&modules->paths, path);
	text_list_add(&modules->folders, span_of(where));
	free(name);
	free(where);
}

static void
read_module(struct modules *modules, const char *folder)
{
	char *path = path_join(folder, "go.mod");
	struct buf text = { 0 };

	modules->folder = folder;
	if (file_read_all(path, &text, GO_MOD_MAX, NULL) == STATUS_OK)
		go_module_read(buf_span(&text), on_module, modules);
	buf_free(&text);
	free(path);
}

static bool
is_go_mod(struct span name)
{
	return span_equal(name, SPAN("go.mod")) || span_ends(name, SPAN("/go.mod"));
}

static void
find_modules_in_trees(struct maker *m, struct text_list *folders)
{
	for (size_t i = 0; i < m->roots.count; i++) {
		const struct tree *tree =
			tree_of(m->options->trees, m->roots.at[i], m->options->progress);

		for (size_t k = 0; tree != NULL && k < tree->count; k++) {
			char *path, *folder;

			if (!is_go_mod(span_of(tree_name(tree, k))))
				continue;
			path = path_join(tree->folder, tree_name(tree, k));
			folder = path_folder(path);
			text_list_add_once(folders, folder);
			free(folder);
			free(path);
		}
	}
}

static bool
is_go(const struct sample *s)
{
	return !s->settled && !s->absolute && span_ends(span_of(s->name), SPAN(".go"));
}

static bool
has_go(const struct maker *m)
{
	bool has = false;

	for (size_t i = 0; i < m->count && !has; i++)
		has = is_go(&m->samples[i]);
	return has;
}

/* Adds the rules of modules; a longer path goes first, of one path the module nearest to the report. */
static void
add_module_rules(struct maker *m, const struct modules *modules)
{
	size_t longest = 0;

	for (size_t i = 0; i < modules->paths.count; i++) {
		size_t len = strlen(modules->paths.at[i]);

		longest = len > longest ? len : longest;
	}
	for (size_t len = longest; len > 0; len--) {
		for (size_t i = 0; i < modules->paths.count; i++) {
			char *from;
			struct path_rule *rule;

			if (strlen(modules->paths.at[i]) != len)
				continue;
			from = with_slash(modules->paths.at[i]);
			rule = add_rule(m, PATH_RULE_MODULE, from, modules->folders.at[i]);
			free(from);
			if (rule == NULL)
				continue;
			settle_found(m, rule);
			if (rule->found > 0)
				continue;
			free(rule->from);
			free(rule->to);
			m->rules->count--;
		}
		m->rank++;
	}
}

/* What begins with the path of a module is there or nowhere. */
static void
settle_modules(struct maker *m)
{
	for (size_t i = 0; i < m->count; i++) {
		for (size_t k = 0; k < m->rules->count; k++) {
			if (m->rules->at[k].kind == PATH_RULE_MODULE &&
			    is_about(&m->samples[i], m->rules->at[k].from))
				m->samples[i].settled = true;
		}
	}
}

static void
add_modules(struct maker *m)
{
	struct modules modules = { 0 };
	struct text_list folders = { 0 };

	if (!has_go(m))
		return;
	for (size_t i = 0; i < m->above; i++)
		read_module(&modules, m->anchors.at[i]);
	add_module_rules(m, &modules);
	settle_modules(m);
	if (has_go(m)) {
		find_modules_in_trees(m, &folders);
		for (size_t i = 0; i < folders.count; i++)
			read_module(&modules, folders.at[i]);
		add_module_rules(m, &modules);
		settle_modules(m);
	}
	text_list_free(&folders);
	text_list_free(&modules.paths);
	text_list_free(&modules.folders);
}

static bool
says_package(void *ctx, struct span path, struct span folder)
{
	char *file = mem_text(path.at, path.len);
	bool says = package_line_says(file, folder);

	(void)ctx;
	free(file);
	return says;
}

/* The files of the workspace with their whole paths. */
struct all_files {
	struct infer_file *at;
	size_t count, cap;
	struct buf paths;
};

static void
add_tree(struct all_files *files, const struct tree *tree)
{
	size_t root = strlen(tree->folder) + (strcmp(tree->folder, "/") != 0);

	for (size_t i = 0; i < tree->count; i++) {
		size_t start = files->paths.len;

		buf_add_text(&files->paths, tree->folder);
		end_with_slash(&files->paths);
		buf_add_text(&files->paths, tree_name(tree, i));
		files->at = mem_grow(files->at, files->count, &files->cap, sizeof *files->at);
		/* The place for now: the bytes may move. */
		files->at[files->count++] = (struct infer_file){
			{NULL, files->paths.len - start},
                        root
		};
	}
}

static bool
is_in_another(const struct text_list *roots, size_t at)
{
	bool in = false;

	for (size_t i = 0; i < roots->count && !in; i++)
		in = i != at && path_is_within(roots->at[at], roots->at[i]);
	return in;
}

/* False: stopped. */
static bool
list_files(struct maker *m, struct all_files *files)
{
	const char *at;

	for (size_t i = 0; i < m->roots.count; i++) {
		const struct tree *tree;

		if (is_in_another(&m->roots, i))
			continue;
		tree = tree_of(m->options->trees, m->roots.at[i], m->options->progress);
		if (tree == NULL)
			return false;
		add_tree(files, tree);
	}
	at = buf_span(&files->paths).at;
	for (size_t i = 0; i < files->count; i++) {
		files->at[i].path.at = at;
		at += files->at[i].path.len;
	}
	return true;
}

static void
add_inferred(struct maker *m, const struct infer_result *result)
{
	for (size_t i = 0; i < result->count; i++) {
		const struct infer_pair *pair = &result->pairs[i];
		struct path_rule *rule;

		if (i > 0 && strcmp(pair->from, result->pairs[i - 1].from) != 0)
			m->rank++;
		rule = add_rule(m, PATH_RULE_INFERRED, pair->from, pair->to);
		if (rule != NULL) {
			rule->tried = pair->tried;
			rule->found = pair->found;
			rule->by_package = pair->by_package;
		}
	}
	if (m->rules->trouble[0] == '\0')
		memcpy(m->rules->trouble, result->trouble, sizeof m->rules->trouble);
}

static void
infer(struct maker *m)
{
	struct span *names = mem_alloc(m->count, sizeof *names);
	struct all_files files = { 0 };
	struct infer_result result = { 0 };
	struct infer_input input = {
		.names = names,
		.near = span_of(m->anchors.at[0]),
		.any_case = m->rules->any_case,
		.is_package = says_package,
	};

	for (size_t i = 0; i < m->count; i++) {
		if (!m->samples[i].settled)
			names[input.name_count++] = span_of(m->samples[i].name);
	}
	if (input.name_count > 0 && m->options->trees != NULL && list_files(m, &files)) {
		input.files = files.at;
		input.file_count = files.count;
		infer_pairs(&input, &result);
		add_inferred(m, &result);
	}
	infer_free(&result);
	free(files.at);
	buf_free(&files.paths);
	free(names);
}

void
path_rules_make(struct path_rules *rules, const struct data_index *index,
		const struct path_rules_options *options)
{
	struct maker m = { .rules = rules, .index = index, .options = options };

	path_rules_free(rules);
	find_anchors(&m);
	rules->any_case = file_ignores_case(m.anchors.at[0]);
	take_names(&m);
	for (size_t i = 0; i < options->mapping_count; i++)
		add_mapping(&m, &options->mappings[i]);
	add_as_is(&m);
	add_bases(&m);
	add_modules(&m);
	add_folder(&m);
	infer(&m);
	text_list_free(&m.names);
	text_list_free(&m.anchors);
	text_list_free(&m.roots);
	free(m.samples);
}
