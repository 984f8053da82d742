/*
 * JaCoCo's XML, also of Kover and gcovr. Sections are <sourcefile>, with the lines, and <class>, with the
 * methods.
 *
 * A file is known by package and name, "com/example/Calc.java". With groups (modules) before them, as
 * two modules may hold the same: "module-a/com/example/Calc.java". That is often a path, too; where it is
 * not, the end of it still is.
 */
#include <stdio.h>
#include <string.h>

#include "formats.h"
#include "xml_report.h"

static bool
sniff(struct span bytes)
{
	struct xml_head head;

	return xml_look_at_head(bytes, &head) && strcmp(head.root, "report") == 0 &&
	       (head.signs & (XML_JACOCO | XML_HAS_PACKAGE)) != 0;
}

/* ---- the index ---- */

struct jacoco_index {
	struct xml_index base;
	struct buf path;                  /* of the groups and the package that are open */
	size_t before[XML_DEPTH_MAX + 1]; /* of each of them by depth: how long it was without */
	bool has_branches;
};

/* A group or a package is entered. */
static void
index_folder(struct jacoco_index *j, const char **attributes)
{
	const char *name = xml_attribute(attributes, "name");

	j->before[xml_depth(&j->base.xml)] = j->path.len;
	xml_index_enter(&j->base);
	if (name == NULL || name[0] == '\0' || j->path.len > DATA_NAME_MAX)
		return;
	/* More than a name may have need not be kept: too long is too long. */
	buf_add(&j->path, (struct span){ name, strnlen(name, DATA_NAME_MAX + 1) });
	buf_add_char(&j->path, '/');
}

static void
index_file(struct jacoco_index *j, const char *name)
{
	size_t len = j->path.len;
	uint32_t number = INDEX_NONE;

	if (name != NULL && name[0] != '\0') {
		buf_add_text(&j->path, name);
		number = index_name(j->base.builder, buf_span(&j->path));
		j->path.len = len;
	}
	xml_index_begin(&j->base, number, 0);
}

static bool
is_above_zero(const char **attributes, const char *name)
{
	uint64_t number;

	return xml_attribute_number(attributes, name, &number) && number > 0;
}

static void
index_start(void *ctx, const char *name, const char **attributes)
{
	struct jacoco_index *j = ctx;

	if (xml_index_is_root(&j->base, name))
		return;
	switch (name[0]) {
	case 'l':
		if (!j->has_branches && strcmp(name, "line") == 0 &&
		    (is_above_zero(attributes, "mb") || is_above_zero(attributes, "cb"))) {
			j->has_branches = true;
			index_branches(j->base.builder);
		}
		break;
	case 'c':
		if (name[1] == 'l' && strcmp(name, "class") == 0)
			index_file(j, xml_attribute(attributes, "sourcefilename"));
		break;
	case 's':
		if (strcmp(name, "sourcefile") == 0)
			index_file(j, xml_attribute(attributes, "name"));
		break;
	case 'g':
	case 'p':
		if (strcmp(name, "group") == 0 || strcmp(name, "package") == 0)
			index_folder(j, attributes);
		break;
	default:
		break;
	}
}

static void
index_end(void *ctx, const char *name)
{
	struct jacoco_index *j = ctx;

	if (xml_index_end(&j->base))
		return;
	if (strcmp(name, "group") == 0 || strcmp(name, "package") == 0)
		j->path.len = j->before[xml_depth(&j->base.xml)];
}

static void
index_open(void *state, struct index_builder *builder)
{
	static const struct xml_handlers handlers = { .on_start = index_start,
						      .on_end = index_end };

	xml_index_open(state, builder, "report", &handlers);
}

static bool
index_close(void *state, bool whole, struct reader_fault *fault)
{
	struct jacoco_index *j = state;

	buf_free(&j->path);
	return xml_index_close(state, whole, fault);
}

/* ---- sections ---- */

struct jacoco_section {
	struct xml_section base;
	struct buf name;  /* "Calc$Inner.one" of the method that is open */
	size_t class_len; /* "Calc$Inner." of it */
	uint64_t line;    /* its first */
	bool in_method, has_run;
};

static void
start_class(struct jacoco_section *j, const char **attributes)
{
	const char *name = xml_attribute(attributes, "name"), *slash;

	buf_reset(&j->name);
	if (name != NULL) {
		slash = strrchr(name, '/');
		buf_add_text(&j->name, slash == NULL ? name : slash + 1);
		buf_add_char(&j->name, '.');
	}
	j->class_len = j->name.len;
}

static void
start_method(struct jacoco_section *j, const char **attributes)
{
	const char *name = xml_attribute(attributes, "name");

	j->name.len = j->class_len;
	if (name != NULL)
		buf_add_text(&j->name, name);
	xml_attribute_number(attributes, "line", &j->line); /* none without debug information */
	j->in_method = true;
	j->has_run = false;
}

static void
take_counter(struct jacoco_section *j, const char **attributes)
{
	const char *type = xml_attribute(attributes, "type");

	if (type != NULL && strcmp(type, "METHOD") == 0)
		j->has_run = is_above_zero(attributes, "covered");
}

/*
 * Instructions and branches, missed (mi, mb) and covered (ci, cb). A line that ran in part of its
 * instructions without branches is covered; JaCoCo itself paints it yellow. gcovr leaves mi and ci
 * away: then the branches alone can tell, or nothing is known but that it is code.
 */
static void
add_line(struct report *r, const char **attributes)
{
	uint64_t line, ci, mi, cb, mb;
	bool has_instructions;

	xml_attribute_number(attributes, "nr", &line);
	has_instructions = xml_attribute_number(attributes, "ci", &ci);
	has_instructions = xml_attribute_number(attributes, "mi", &mi) || has_instructions;
	xml_attribute_number(attributes, "cb", &cb);
	xml_attribute_number(attributes, "mb", &mb);
	if (!has_instructions && cb == 0 && mb == 0)
		return;
	report_add_line(r, line, has_instructions ? ci > 0 : cb > 0, 0);
	report_add_arms(r, line, 0, cb, report_add_hits(cb, mb));
}

static void
section_start(void *ctx, const char *name, const char **attributes)
{
	struct jacoco_section *j = ctx;

	if (strcmp(name, "line") == 0)
		add_line(j->base.report, attributes);
	else if (strcmp(name, "class") == 0)
		start_class(j, attributes);
	else if (strcmp(name, "method") == 0)
		start_method(j, attributes);
	else if (strcmp(name, "counter") == 0)
		take_counter(j, attributes);
}

static void
section_end(void *ctx, const char *name)
{
	struct jacoco_section *j = ctx;

	if (!j->in_method || strcmp(name, "method") != 0)
		return;
	j->in_method = false;
	report_add_function(j->base.report, buf_span(&j->name), j->line, 0, j->has_run);
}

static void
section_open(void *state, const struct data_index *index, struct report *report)
{
	static const struct xml_handlers handlers = { .on_start = section_start,
						      .on_end = section_end };

	report->rule = REPORT_MAX;
	report->has_counts = false;
	xml_section_open(state, index, report, &handlers);
}

static bool
section_close(void *state, bool whole, struct reader_fault *fault)
{
	struct jacoco_section *j = state;

	buf_free(&j->name);
	return xml_section_close(state, whole, fault);
}

static const struct report_reader reader = {
	.index_size = sizeof(struct jacoco_index),
	.index_open = index_open,
	.index_feed = xml_index_feed,
	.index_close = index_close,
	.section_size = sizeof(struct jacoco_section),
	.section_open = section_open,
	.section_begin = xml_section_begin,
	.section_feed = xml_section_feed,
	.section_end = xml_section_end,
	.section_close = section_close,
};

const struct data_format jacoco_format = {
	.name = "JaCoCo",
	.sniff = sniff,
	.detail = 50,
	.reader = &reader,
};
