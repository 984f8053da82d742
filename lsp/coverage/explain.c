#include "coverage/explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/options_schema.h"
#include "platform/clock.h"
#include "platform/path.h"
#include "text/shown.h"

#define NEAREST_MAX 3
#define HEAD_WIDTH  10

/* ---- rows ---- */

/* Takes the text over. */
static void
add(struct explain *e, const char *head, struct buf *text)
{
	e->rows = mem_grow(e->rows, e->count, &e->cap, sizeof *e->rows);
	buf_text(text); /* never NULL */
	e->rows[e->count++] = (struct explain_row){ mem_copy(head), buf_take(text) };
}

static void
add_line(struct explain *e, const char *head, const char *text)
{
	struct buf line = { 0 };

	buf_add_text(&line, text);
	add(e, head, &line);
}

static const char *
short_path(const struct explain_parts *parts, const char *path)
{
	const char *below = parts->current == NULL ? NULL : path_below(path, parts->current);

	return below == NULL ? path : below;
}

static void
add_project(struct explain *e, const struct explain_parts *parts)
{
	const struct project *project = parts->subject->project;
	struct buf line = { 0 };

	/* To another language coverage.py's rules matter only where somebody has set some. */
	if (project == NULL || (!parts->subject->is_python && project->config.file == NULL &&
				project->trouble.status == STATUS_OK))
		return;
	buf_add_text(&line, short_path(parts, project->folder));
	if (project->trouble.status != STATUS_OK)
		buf_addf(&line, ": %s", project->trouble.text);
	else if (project->config.file != NULL)
		buf_addf(&line, ", set up in %s", project->config.file);
	else
		buf_add_text(&line, ", without a configuration of coverage.py: its defaults hold");
	add(e, "project", &line);
	for (size_t i = 0; i < project->config.warnings.count; i++)
		add_line(e, "", project->config.warnings.at[i]);
	if (parts->subject->is_python)
		add_line(e, "Python", project->python.origin);
}

static void
add_settings(struct explain *e, const struct explain_parts *parts)
{
	const char *head = "settings";

	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		enum option_origin origin = parts->options->origins[id];
		struct buf line = { 0 };
		struct jsonw w = { .out = &line };

		if (parts->options->refused[id] != NULL) {
			add_line(e, head, parts->options->refused[id]);
			head = "";
		}
		if (origin == ORIGIN_DEFAULT)
			continue;
		buf_addf(&line, "covls.%s: ", option_rows[id].key);
		options_write_value(&w, parts->options, id);
		buf_addf(&line, ", from the %s", option_origin_name(origin));
		if (origin == ORIGIN_ENVIRONMENT)
			buf_addf(&line, ": %s", option_rows[id].environment);
		add(e, head, &line);
		head = "";
	}
	for (size_t i = 0; i < parts->options->strange.count; i++) {
		add_line(e, head, parts->options->strange.at[i]);
		head = "";
	}
	if (*head != '\0')
		add_line(e, head, "all by default");
}

/* What a data file that could be read is. */
static void
describe_data(const struct search_place *place, struct buf *out)
{
	const struct data_info *info = &place->info;
	char ago[CLOCK_TEXT_MAX];

	clock_ago((clock_wall_ns() - place->stamp.modified_ns) / 1000000000, ago);
	buf_addf(out, "%s, %s, %u file%s, %s",
		 info->producer[0] != '\0' ? info->producer
		 : info->format != NULL    ? info->format
					   : "data",
		 info->has_branches ? "lines and branches" : "lines", info->files,
		 info->files == 1 ? "" : "s", ago);
	if (info->warning[0] != '\0')
		buf_addf(out, "; %s", info->warning);
}

static void
describe_place(const struct explain_parts *parts, const struct search_place *place, struct buf *out)
{
	switch (place->fate) {
	case PLACE_ABSENT:
		buf_add_text(out, "not there");
		break;
	case PLACE_TAKEN:
		describe_data(place, out);
		buf_add_text(out, "; taken");
		break;
	case PLACE_UNITED:
		describe_data(place, out);
		buf_add_text(out, "; united with it");
		break;
	case PLACE_PASSED:
		describe_data(place, out);
		buf_addf(out, "; passed over: %s",
			 place->why == NULL ? "another was taken" : place->why);
		break;
	case PLACE_SILENT:
		describe_data(place, out);
		if (!parts->of_folder)
			buf_add_text(out, "; does not speak of this file");
		break;
	case PLACE_TROUBLE:
		buf_add_text(out, place->err.text);
		break;
	case PLACE_NOT_ASKED:
		buf_add_text(out, place->stamp.kind == FILE_NONE ? "not there" : "not needed");
		break;
	}
}

static void
add_other(struct explain *e, const char *head, const struct path_elsewhere *other, const char *is)
{
	struct buf line = { 0 };

	if (strcmp(other->name, other->file) == 0)
		buf_addf(&line, "'%s' %s another file", other->name, is);
	else
		buf_addf(&line, "'%s' %s '%s'", other->name, is, other->file);
	add(e, head, &line);
}

/* Why the place was looked at, if it isn't one of the usual ones. */
static void
add_finder(struct explain *e, const struct explain_parts *parts, const struct search_place *place)
{
	const struct project *project = parts->subject->project;
	struct buf line = { 0 };

	if (place->origin == PLACE_FOUND && place->found_by != NULL) {
		add_line(e, "found", place->found_by);
	} else if (place->origin == PLACE_SETTING) {
		enum option_origin origin = parts->options->origins[OPTION_DATA_FILE];

		buf_addf(&line, "%s names it",
			 origin == ORIGIN_ENVIRONMENT ? option_rows[OPTION_DATA_FILE].environment
						      : "covls.dataFile");
		add(e, "found", &line);
	} else if (place->origin == PLACE_CONFIGURATION) {
		buf_addf(&line, "data_file in %s names it",
			 project == NULL || project->config.file == NULL ? "the configuration"
									 : project->config.file);
		add(e, "found", &line);
	}
}

/* So many places that have nothing to say of the source are told of one by one. */
#define SILENT_MAX 8

static void
add_place(struct explain *e, const struct explain_parts *parts, const struct search_place *place,
	  bool first)
{
	const char *before = e->count == 0 ? "" : e->rows[e->count - 1].head;
	bool details = *before != '\0' && strcmp(before, "data") != 0;
	struct buf line = { 0 };

	buf_addf(&line, "%s: ", short_path(parts, place->path));
	describe_place(parts, place, &line);
	add(e, first || details ? "data" : "", &line);
	add_finder(e, parts, place);
	if (place->recorded != NULL)
		add_line(e, "called", place->recorded);
	if (place->rule != NULL)
		add_line(e, "since", place->rule);
	if (place->elsewhere.name != NULL)
		add_other(e, "another's", &place->elsewhere, "may be");
	if (place->namesake.name != NULL)
		add_other(e, "namesake", &place->namesake, "is");
	if (place->trouble != NULL)
		add_line(e, "but", place->trouble);
	if (place->left != NULL)
		add_line(e, "but", place->left);
	if (place->mapping != NULL)
		add_line(e, "mapping", place->mapping);
	if (place->fate != PLACE_SILENT || parts->of_folder)
		return;
	for (size_t i = 0; i < place->tried.count; i++)
		add_line(e, "tried", place->tried.at[i]);
}

static void
add_places(struct explain *e, const struct explain_parts *parts)
{
	const struct subject *s = parts->subject;
	size_t silent = 0;
	bool first = true;

	for (size_t i = 0; i < s->places.count; i++) {
		const struct search_place *place = &s->places.at[i];

		if (!s->is_python && place->origin == PLACE_USUAL && place->fate == PLACE_ABSENT)
			continue;
		silent += place->fate == PLACE_SILENT || place->fate == PLACE_NOT_ASKED;
		if (silent <= SILENT_MAX || place->fate == PLACE_TAKEN ||
		    place->fate == PLACE_UNITED)
			add_place(e, parts, place, first);
		first = false;
	}
	if (first)
		add_line(e, "data", "no report was found");
	if (silent > SILENT_MAX) {
		struct buf line = { 0 };

		buf_addf(&line, "and %zu more that do not speak of it", silent - SILENT_MAX);
		add(e, "", &line);
	}
	for (size_t i = 0; i < s->strangers.count; i++)
		add_line(e, "beside", s->strangers.at[i]);
	if (s->view.measured)
		return;
	if (s->places.left_out)
		add_line(e, "left out",
			 "folders that git ignores, but for those where reports are usually put");
	if (s->places.cut)
		add_line(e, "left out", "some folders, as there are so many");
}

/* As coverage.py shows it (Numbers.display_covered, 7.16). */
static double
shown_percent(const struct view_summary *summary)
{
	double percent = view_percent(summary);

	if (percent > 0 && percent < 1)
		return 1;
	return percent > 99 && percent < 100 ? 99 : percent;
}

static void
describe_standing(const struct subject *s, struct buf *out)
{
	const struct view_summary *sum = &s->view.summary;

	buf_addf(out, "%.0f%%, %u of %u statements ran", shown_percent(sum), sum->covered,
		 sum->statements);
	if (sum->branches > 0)
		buf_addf(out, ", %u of %u branches taken", sum->branches - sum->missed_branches,
			 sum->branches);
}

static void
add_standing(struct explain *e, const struct subject *s)
{
	struct buf line = { 0 };

	if (s->view.measured && s->freshness != FRESHNESS_UNKNOWN) {
		buf_addf(&line, "%s: ", freshness_name(s->freshness));
		describe_standing(s, &line);
	} else {
		buf_add_text(&line, "nothing");
	}
	add(e, "shown", &line);
	subject_add_caveats(s, &line);
	if (line.len > 0)
		add(e, "known", &line);
	if (s->not_kept.status != STATUS_OK)
		add_line(e, "not kept", s->not_kept.text);
	if (s->reason != REASON_NONE)
		add_line(e, "because", s->message);
}

/* ---- names in the data that come near ---- */

struct nearest {
	const char *source;
	struct text_list names; /* the best first */
	size_t shared[NEAREST_MAX];
};

static bool
is_separator(char c)
{
	return c == '/' || c == '\\';
}

/* How many bytes both end with, as whole parts of paths; the separators may differ. */
static size_t
shared_end(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b), n = 0, whole = 0;

	while (n < a_len && n < b_len) {
		char x = a[a_len - n - 1], y = b[b_len - n - 1];

		if (is_separator(x) && is_separator(y))
			whole = n;
		else if (x != y)
			return whole;
		n++;
	}
	/* One of them is whole. */
	if ((n == a_len || is_separator(a[a_len - n - 1])) &&
	    (n == b_len || is_separator(b[b_len - n - 1])))
		whole = n;
	return whole;
}

static void
take_name(struct nearest *nearest, const char *name)
{
	size_t shared = shared_end(name, nearest->source), at = 0;

	if (shared == 0)
		return;
	while (at < nearest->names.count && nearest->shared[at] >= shared)
		at++;
	if (at == NEAREST_MAX)
		return;
	if (nearest->names.count < NEAREST_MAX)
		text_list_add(&nearest->names, SPAN(""));
	free(nearest->names.at[nearest->names.count - 1]);
	for (size_t i = nearest->names.count - 1; i > at; i--) {
		nearest->names.at[i] = nearest->names.at[i - 1];
		nearest->shared[i] = nearest->shared[i - 1];
	}
	nearest->names.at[at] = mem_copy(name);
	nearest->shared[at] = shared;
}

static bool
has_setting(const char *key)
{
	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		if (strcmp(option_rows[id].key, key) == 0)
			return true;
	}
	return false;
}

static void
set_fix(struct explain *e, const char *key, struct buf *value)
{
	e->fix_key = mem_copy(key);
	buf_text(value);
	e->fix_value = buf_take(value);
}

/* What the name begins with lies where the source begins. Only if one name is the nearest. */
static void
propose_mapping(struct explain *e, const struct nearest *nearest)
{
	const char *name = nearest->names.at[0];
	size_t name_len = strlen(name), source_len = strlen(nearest->source);
	size_t shared = nearest->shared[0], folder = name_len;
	struct buf value = { 0 };
	struct jsonw w = { .out = &value };

	if (!has_setting("pathMappings") || (shared == name_len && is_separator(name[0])) ||
	    (nearest->names.count > 1 && nearest->shared[1] == shared))
		return;
	/* Of a relative name that is the end of the source's as a whole, its folder: others may lie elsewhere. */
	for (; shared == name_len && folder > 0 && !is_separator(name[folder - 1]); folder--)
		;
	shared -= shared == name_len ? folder : 0;
	jsonw_array(&w);
	jsonw_object(&w);
	jsonw_key(&w, "from");
	jsonw_string(&w, (struct span){ name, name_len - shared });
	jsonw_key(&w, "to");
	jsonw_string(&w, (struct span){ nearest->source, source_len - shared });
	jsonw_object_end(&w);
	jsonw_array_end(&w);
	set_fix(e, "covls.pathMappings", &value);
}

static void
add_nearest(struct explain *e, const struct explain_parts *parts)
{
	const struct search_places *places = &parts->subject->places;
	struct nearest nearest = { .source = parts->subject->path };
	bool namesake = false;

	for (size_t i = 0; i < places->count; i++) {
		namesake = namesake || places->at[i].namesake.name != NULL;
		for (size_t k = 0; k < places->at[i].nearest.count; k++)
			take_name(&nearest, places->at[i].nearest.at[k]);
	}
	for (size_t i = 0; i < nearest.names.count; i++)
		add_line(e, i == 0 ? "nearest" : "", nearest.names.at[i]);
	if (nearest.names.count > 0)
		propose_mapping(e, &nearest);
	else
		add_line(
			e, "nearest",
			namesake
				? "no recorded name ends as this one does, but those of other files"
				: "no recorded name ends as this one does");
	text_list_free(&nearest.names);
}

/* ---- the verdict ---- */

/* A data file that is set and of no use hides what there is otherwise. */
static void
propose_no_data_file(struct explain *e, const struct explain_parts *parts)
{
	struct buf value = { 0 }, line = { 0 };
	const char *otherwise = parts->subject->places.otherwise;

	if (otherwise == NULL)
		return;
	buf_addf(&line, "without covls.dataFile '%s' would be taken", otherwise);
	add(e, "else", &line);
	if (e->fix_key != NULL || parts->options->origins[OPTION_DATA_FILE] == ORIGIN_COMMAND_LINE)
		return;
	buf_add_text(&value, "\"\"");
	set_fix(e, "covls.dataFile", &value);
}

static void
judge_folder(struct explain *e, const struct subject *s, struct buf *out)
{
	const char *first = NULL;
	size_t count = 0;

	for (size_t i = 0; i < s->places.count; i++) {
		if (s->places.at[i].fate != PLACE_SILENT)
			continue;
		first = count++ == 0 ? s->places.at[i].path : first;
	}
	e->fine = count > 0;
	if (count == 0)
		buf_add_text(out, s->message);
	else if (count == 1)
		buf_addf(out, "the sources here are looked for in '%s'", first);
	else
		buf_addf(out, "the sources here are looked for in the %zu data files above", count);
}

static void
judge(struct explain *e, const struct explain_parts *parts)
{
	const struct subject *s = parts->subject;
	struct buf verdict = { 0 };

	if (parts->of_folder) {
		judge_folder(e, s, &verdict);
	} else if (s->message[0] != '\0') {
		buf_add_text(&verdict, s->message);
	} else if (s->view.measured) {
		e->fine = s->reason == REASON_NONE;
		describe_standing(s, &verdict);
	} else {
		buf_add_text(&verdict, "no data has been looked for yet");
	}
	buf_text(&verdict);
	e->verdict = buf_take(&verdict);
}

void
explain_make(struct explain *e, const struct explain_parts *parts)
{
	const struct subject *s = parts->subject;

	add_project(e, parts);
	add_settings(e, parts);
	add_places(e, parts);
	if (!parts->of_folder) {
		add_standing(e, s);
		if (s->reason == REASON_NOT_IN_DATA || s->reason == REASON_AMBIGUOUS_PATH)
			add_nearest(e, parts);
	}
	propose_no_data_file(e, parts);
	if (e->fix_key != NULL) {
		struct buf line = { 0 };

		buf_addf(&line, "\"%s\": %s", e->fix_key, e->fix_value);
		add(e, "set", &line);
	}
	judge(e, parts);
}

/* ---- as text and as JSON ---- */

void
explain_add_text(const struct explain *e, struct buf *out)
{
	for (size_t i = 0; i < e->count; i++) {
		buf_addf(out, "  %-*s ", HEAD_WIDTH, e->rows[i].head);
		shown_add(out, span_of(e->rows[i].text));
		buf_add_char(out, '\n');
	}
}

static void
write_fix(const struct explain *e, struct jsonw *w)
{
	jsonw_key(w, "fix");
	if (e->fix_key == NULL) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	jsonw_key_text(w, "key", e->fix_key);
	jsonw_key(w, "value");
	jsonw_raw(w, span_of(e->fix_value));
	jsonw_object_end(w);
}

void
explain_write(const struct explain *e, struct jsonw *w)
{
	jsonw_key_text(w, "verdict", e->verdict);
	jsonw_key_bool(w, "fine", e->fine);
	jsonw_key(w, "rows");
	jsonw_array(w);
	for (size_t i = 0; i < e->count; i++) {
		jsonw_object(w);
		jsonw_key_text(w, "head", e->rows[i].head);
		jsonw_key_text(w, "text", e->rows[i].text);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	write_fix(e, w);
}

void
explain_free(struct explain *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free(e->rows[i].head);
		free(e->rows[i].text);
	}
	free(e->rows);
	free(e->verdict);
	free(e->fix_key);
	free(e->fix_value);
	*e = (struct explain){ 0 };
}
