#include "coverage/path_rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "package_line.h"
#include "platform/file.h"
#include "platform/path.h"
#include "recorded.h"

/* So many names that end as a source does are looked at. */
#define NEAREST_LOOKED 32
/* So many names that are called like a source may lead to it by a link. */
#define LINKS_LOOKED 256

/* The file that a rule leads a normal name to; the caller's to free(). NULL: the name isn't the rule's. */
static char *
apply(const struct path_rule *rule, bool any_case, const char *name)
{
	size_t len = strlen(rule->from);

	for (size_t i = 0; i < len; i++) {
		char a = name[i], b = rule->from[i];

		if (any_case && a >= 'A' && a <= 'Z')
			a = (char)(a | 0x20);
		if (any_case && b >= 'A' && b <= 'Z')
			b = (char)(b | 0x20);
		if (a != b)
			return NULL;
	}
	if (recorded_is_absolute(span_of(name + len)))
		return NULL;
	return path_join(rule->to, name + len);
}

/* The name that a rule leads from to a file; false: to none. */
static bool
reverse(const struct path_rule *rule, bool any_case, const char *file, struct buf *name)
{
	struct span to = span_of(rule->to), path = span_of(file);
	struct buf folded_to = { 0 }, folded = { 0 };
	bool below;

	buf_add(&folded_to, to);
	buf_add(&folded, path);
	if (any_case) {
		recorded_fold(&folded_to);
		recorded_fold(&folded);
	}
	below = span_starts(buf_span(&folded), buf_span(&folded_to)) && path.len > to.len;
	buf_free(&folded_to);
	buf_free(&folded);
	buf_reset(name);
	buf_add_text(name, rule->from);
	if (below)
		buf_add(name, span_cut(path, to.len, path.len));
	return below;
}

static bool
look_up(const struct path_rules *rules, const struct data_index *index, struct buf *name,
	size_t *number)
{
	struct buf key = { 0 };
	uint32_t found;

	if (data_index_find(index, buf_span(name), number))
		return true;
	buf_add(&key, buf_span(name));
	if (rules->any_case)
		recorded_fold(&key);
	found = name_set_find(&rules->forms, 0, buf_span(&key));
	buf_free(&key);
	*number = (size_t)found - 1;
	return found != 0;
}

/* Is a file what a rule says of the name, as far as the file itself tells? */
static bool
is_of_package(const struct path_rule *rule, const char *name, const char *file)
{
	const char *slash = strrchr(name, '/');

	return !rule->by_package ||
	       (slash != NULL &&
		package_line_says(file, (struct span){ name, (size_t)(slash - name) }));
}

/* Another file to which another rule, of the same rank or an earlier one, takes a name; to be freed. NULL: none. */
static char *
other_file(const struct path_rules *rules, const struct path_rule *by, const char *name,
	   const char *file)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct path_rule *rule = &rules->at[i];
		char *path;

		if (rule == by || rule->rank > by->rank ||
		    (path = apply(rule, rules->any_case, name)) == NULL)
			continue;
		if (file_stamp(path).kind == FILE_REGULAR && !file_is_same(path, file) &&
		    is_of_package(rule, name, path))
			return path;
		free(path);
	}
	return NULL;
}

static bool
belongs_elsewhere(const struct path_rules *rules, const struct path_rule *by, const char *name,
		  const char *file)
{
	char *other = other_file(rules, by, name, file);
	bool elsewhere = other != NULL;

	free(other);
	return elsewhere;
}

/* One way of calling a source, and what becomes of it. */
struct search {
	const struct path_rules *rules;
	const struct data_index *index;
	struct path_elsewhere *elsewhere;
	struct text_list *tried;
	struct buf name;
};

static bool
find_by(struct search *s, const struct path_rule *rule, const char *file, size_t *number)
{
	char *other;

	if (!reverse(rule, s->rules->any_case, file, &s->name))
		return false;
	if (s->tried != NULL)
		text_list_add_once(s->tried, buf_text(&s->name));
	if (!look_up(s->rules, s->index, &s->name, number) ||
	    !is_of_package(rule, buf_text(&s->name), file))
		return false;
	other = other_file(s->rules, rule, buf_text(&s->name), file);
	if (other == NULL)
		return true;
	if (s->elsewhere != NULL && s->elsewhere->name == NULL) {
		struct span name = data_index_name(s->index, *number);

		*s->elsewhere = (struct path_elsewhere){ mem_text(name.at, name.len), other };
		return false;
	}
	free(other);
	return false;
}

void
path_elsewhere_free(struct path_elsewhere *elsewhere)
{
	free(elsewhere->name);
	free(elsewhere->file);
	*elsewhere = (struct path_elsewhere){ 0 };
}

static struct span
base_of(struct span name)
{
	size_t start = name.len;

	while (start > 0 && name.at[start - 1] != '/' && name.at[start - 1] != '\\')
		start--;
	return span_cut(name, start, name.len);
}

/* The one recorded name that leads to the source by way of a link, as a workspace's own packages below node_modules
 * are called. Two are two runs of it, or two builds: neither is taken. */
static bool
find_link(const struct path_rules *rules, const struct data_index *index, const char *real,
	  size_t *number)
{
	struct span base = base_of(span_of(real));
	size_t looked = 0, found = 0;

	for (size_t i = 0; i < index->name_count && looked < LINKS_LOOKED && found < 2; i++) {
		struct span name = data_index_name(index, i);
		char *file;

		if (!span_equal(base_of(name), base))
			continue;
		looked++;
		file = path_rules_file(rules, name);
		if (file != NULL && file_is_same(file, real)) {
			found++;
			*number = i;
		}
		free(file);
	}
	return found == 1 && looked < LINKS_LOOKED;
}

bool
path_rules_find(const struct path_rules *rules, const struct data_index *index, const char *source,
		size_t *number, const struct path_rule **rule, struct path_elsewhere *elsewhere,
		struct text_list *tried)
{
	struct search s = { rules, index, elsewhere, tried, { 0 } };
	char *real = path_resolve("/", source);
	bool found = false, twice = strcmp(real, source) != 0;

	if (elsewhere != NULL)
		*elsewhere = (struct path_elsewhere){ 0 };
	for (size_t i = 0; i < rules->count && !found; i++) {
		*rule = &rules->at[i];
		found = find_by(&s, *rule, real, number) ||
			(twice && find_by(&s, *rule, source, number));
	}
	if (!found && find_link(rules, index, real, number)) {
		*rule = NULL;
		found = true;
	}
	if (found && elsewhere != NULL)
		path_elsewhere_free(elsewhere);
	free(real);
	buf_free(&s.name);
	return found;
}

char *
path_rules_file(const struct path_rules *rules, struct span recorded)
{
	struct buf name = { 0 };
	char *file = NULL;

	recorded_normalize(recorded, &name);
	for (size_t i = 0; i < rules->count && file == NULL; i++) {
		const struct path_rule *rule = &rules->at[i];

		file = apply(rule, rules->any_case, buf_text(&name));
		if (file != NULL && (file_stamp(file).kind != FILE_REGULAR ||
				     !is_of_package(rule, buf_text(&name), file) ||
				     belongs_elsewhere(rules, rule, buf_text(&name), file))) {
			free(file);
			file = NULL;
		}
	}
	buf_free(&name);
	return file;
}

void
path_rule_describe(const struct path_rule *rule, struct buf *out)
{
	switch (rule->kind) {
	case PATH_RULE_AS_IS:
		if (strcmp(rule->from, rule->to) == 0)
			buf_add_text(out, "the name stands in the report as it is here");
		else
			buf_addf(out, "'%s' is '%s' by a link", rule->from, rule->to);
		break;
	case PATH_RULE_SETTING:
		buf_addf(out, "'%s' is '%s' here, as covls.pathMappings says", rule->from,
			 rule->to);
		break;
	case PATH_RULE_BASE:
		if (rule->from[0] == '\0')
			buf_addf(out, "names are seen from '%s', the folder that the report tells",
				 rule->to);
		else
			buf_addf(out, "'%s' is '%s', seen from the folder that the report tells",
				 rule->from, rule->to);
		break;
	case PATH_RULE_MODULE:
		buf_addf(out, "'%s' is '%s', as its go.mod says", rule->from, rule->to);
		break;
	case PATH_RULE_FOLDER:
	case PATH_RULE_INFERRED:
		if (rule->from[0] == '\0')
			buf_addf(out, "names are seen from '%s'", rule->to);
		else
			buf_addf(out, "'%s' is '%s' here", rule->from, rule->to);
		buf_addf(out, ", as %u of %u names tell", rule->found, rule->tried);
		break;
	}
}

static bool
is_separator(char c)
{
	return c == '/' || c == '\\';
}

/* How many parts both names have in common at their ends. */
static size_t
common_parts(struct span a, struct span b)
{
	size_t parts = 0;

	while (a.len > 0 && b.len > 0) {
		char x = a.at[--a.len], y = b.at[--b.len];

		if (is_separator(x) && is_separator(y))
			parts++;
		else if (x != y)
			return parts;
	}
	return parts + ((a.len == 0 || is_separator(a.at[a.len - 1])) &&
			(b.len == 0 || is_separator(b.at[b.len - 1])));
}

/* Puts a name at its place among the best. */
static void
keep_best(size_t *numbers, size_t *scores, size_t *count, size_t most, size_t number, size_t score)
{
	size_t at = *count;

	while (at > 0 && scores[at - 1] < score)
		at--;
	if (at == most)
		return;
	if (*count < most)
		++*count;
	for (size_t i = *count - 1; i > at; i--) {
		numbers[i] = numbers[i - 1];
		scores[i] = scores[i - 1];
	}
	numbers[at] = number;
	scores[at] = score;
}

/* Does a file lie in a folder that never holds sources of a project: an installed copy? */
static bool
is_installed(const char *path)
{
	bool installed = false;
	char *folder = path_folder(path);

	while (!installed && strcmp(folder, "/") != 0) {
		char *above = path_folder(folder);

		installed = tree_is_foreign(path_base(folder));
		free(folder);
		folder = above;
	}
	free(folder);
	return installed;
}

/* The file here that a name means, if that isn't the source, nor a copy of it that was installed; to be freed. */
static char *
file_of_another(const struct path_rules *rules, struct span name, const char *source)
{
	char *file = path_rules_file(rules, name);

	if (file == NULL ||
	    (!file_is_same(file, source) && (is_installed(source) || !is_installed(file))))
		return file;
	free(file);
	return NULL;
}

void
path_rules_nearest(const struct path_rules *rules, const struct data_index *index,
		   const char *source, size_t most, struct text_list *names,
		   struct path_elsewhere *namesake)
{
	size_t numbers[NEAREST_LOOKED], scores[NEAREST_LOOKED], count = 0;

	*namesake = (struct path_elsewhere){ 0 };
	for (size_t i = 0; i < index->name_count; i++) {
		size_t parts = common_parts(data_index_name(index, i), span_of(source));

		if (parts > 0)
			keep_best(numbers, scores, &count, NEAREST_LOOKED, i, parts);
	}
	for (size_t i = 0; i < count && names->count < most; i++) {
		struct span name = data_index_name(index, numbers[i]);
		char *file = file_of_another(rules, name, source);

		if (file == NULL) {
			text_list_add(names, name);
		} else if (namesake->name == NULL) {
			*namesake = (struct path_elsewhere){ mem_text(name.at, name.len), file };
		} else {
			free(file);
		}
	}
}

/* Is it a mapping of the setting that leads to no file, and no other one from the same names does? */
static bool
is_idle(const struct path_rules *rules, const struct path_rule *rule)
{
	bool idle = rule->kind == PATH_RULE_SETTING;

	for (size_t i = 0; i < rules->count && idle; i++)
		idle = rules->at[i].kind != PATH_RULE_SETTING || rules->at[i].found == 0 ||
		       strcmp(rules->at[i].from, rule->from) != 0;
	return idle;
}

bool
path_rules_doubt_mapping(const struct path_rules *rules, struct buf *out)
{
	const struct path_rule *doubtful = NULL;

	for (size_t i = 0; i < rules->count; i++) {
		const struct path_rule *rule = &rules->at[i];

		if (is_idle(rules, rule) &&
		    (doubtful == NULL || (doubtful->tried == 0 && rule->tried > 0)))
			doubtful = rule;
	}
	if (doubtful == NULL)
		return false;
	buf_addf(out, "covls.pathMappings takes '%s' to '%s', ", doubtful->from, doubtful->to);
	if (doubtful->tried == 0)
		buf_add_text(out, "but no name in the data begins so");
	else if (file_stamp(doubtful->to).kind == FILE_NONE)
		buf_add_text(out, "which is not there");
	else
		buf_add_text(out, "where none of those names is");
	return true;
}

void
path_rules_free(struct path_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		free(rules->at[i].from);
		free(rules->at[i].to);
	}
	free(rules->at);
	name_set_free(&rules->forms);
	*rules = (struct path_rules){ 0 };
}
