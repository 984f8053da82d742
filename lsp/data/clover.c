/*
 * Clover's XML: OpenClover, Istanbul, PHPUnit and gcovr write it. A section is a <file>.
 */
#include <stdio.h>
#include <string.h>

#include "formats.h"
#include "xml_report.h"

static bool
sniff(struct span bytes)
{
	struct xml_head head;

	if (!xml_look_at_head(bytes, &head) || strcmp(head.root, "coverage") != 0)
		return false;
	if ((head.signs & XML_HAS_PROJECT) != 0)
		return true;
	return (head.signs & XML_CLOVER) != 0 &&
	       (head.signs & (XML_RATES | XML_HAS_ANY_CHILD)) == 0;
}

/* ---- the index ---- */

struct clover_index {
	struct xml_index base;
	struct buf name; /* of the file that is open */
	bool has_lines, has_branches;
	char version[24];
};

static void
index_root(struct clover_index *c, const char **attributes)
{
	const char *clover = xml_attribute(attributes, "clover");
	const char *phpunit = xml_attribute(attributes, "phpunit");
	char producer[40];

	if (phpunit != NULL) {
		snprintf(producer, sizeof producer, "PHPUnit %.24s", phpunit);
		index_producer(c->base.builder, span_of(producer));
	} else if (clover != NULL && strchr(clover, '.') != NULL) {
		/* gcovr puts the time there. */
		snprintf(c->version, sizeof c->version, "%s", clover);
	}
}

/* Istanbul calls itself Clover 3.2.0, and its projects all the same (istanbul-reports, clover/index.js). */
static void
index_project(struct clover_index *c, const char **attributes)
{
	const char *name = xml_attribute(attributes, "name");
	char producer[40];

	if (c->version[0] == '\0')
		return;
	if (strcmp(c->version, "3.2.0") == 0 && name != NULL && strcmp(name, "All files") == 0)
		snprintf(producer, sizeof producer, "Istanbul");
	else
		snprintf(producer, sizeof producer, "Clover %s", c->version);
	index_producer(c->base.builder, span_of(producer));
}

static void
index_file(struct clover_index *c, const char **attributes)
{
	const char *path = xml_attribute(attributes, "path");

	if (path == NULL || path[0] == '\0')
		path = xml_attribute(attributes, "name");
	buf_reset(&c->name);
	if (path != NULL)
		buf_add_text(&c->name, path);
	c->has_lines = false;
	xml_index_begin(&c->base, INDEX_NONE, 0);
}

static void
index_line(struct clover_index *c, const char **attributes)
{
	const char *type;

	if (!c->has_lines && c->base.depth != 0) {
		/* gcovr writes a file "dummy" that has none; it is not worth a name. */
		c->has_lines = true;
		c->base.name = index_name(c->base.builder, buf_span(&c->name));
	}
	if (c->has_branches || (type = xml_attribute(attributes, "type")) == NULL ||
	    strcmp(type, "cond") != 0)
		return;
	c->has_branches = true;
	index_branches(c->base.builder);
}

static void
index_start(void *ctx, const char *name, const char **attributes)
{
	struct clover_index *c = ctx;

	if (xml_index_is_root(&c->base, name))
		index_root(c, attributes);
	else if (name[0] == 'l' && strcmp(name, "line") == 0)
		index_line(c, attributes);
	else if (name[0] == 'f' && strcmp(name, "file") == 0)
		index_file(c, attributes);
	else if (name[0] == 'p' && strcmp(name, "project") == 0)
		index_project(c, attributes);
}

static void
index_end(void *ctx, const char *name)
{
	struct clover_index *c = ctx;

	(void)name;
	xml_index_end(&c->base);
	xml_index_enter(&c->base);
}

static void
index_open(void *state, struct index_builder *builder)
{
	static const struct xml_handlers handlers = { .on_start = index_start,
						      .on_end = index_end };

	xml_index_open(state, builder, "coverage", &handlers);
}

static bool
index_close(void *state, bool whole, struct reader_fault *fault)
{
	struct clover_index *c = state;

	buf_free(&c->name);
	return xml_index_close(state, whole, fault);
}

/* ---- sections ---- */

struct clover_section {
	struct xml_section base;
	uint64_t line;  /* the last one with a condition, */
	uint32_t group; /* and how many it has had */
	/* A method of PHPUnit's, of which it is not known yet whether its line is code. */
	bool is_waiting;
	uint64_t waiting_line, waiting_hits;
};

/*
 * Istanbul: how many arms were taken and how many not, and, in `count`, how often the line ran. OpenClover:
 * how often the condition was true and how often false, and no `count`.
 */
static void
add_condition(struct clover_section *c, uint64_t line, const char **attributes)
{
	uint64_t hits, yes, no;
	struct report *r = c->base.report;

	c->group = line == c->line ? c->group + 1 : 0;
	c->line = line;
	xml_attribute_number(attributes, "truecount", &yes);
	xml_attribute_number(attributes, "falsecount", &no);
	if (xml_attribute_number(attributes, "count", &hits)) {
		report_add_line(r, line, hits, 0);
		report_add_arms(r, line, c->group, yes, report_add_hits(yes, no));
	} else {
		report_add_line(r, line, report_add_hits(yes, no), 0);
		report_add_branch(r, line, c->group, SPAN("true"), yes, 0);
		report_add_branch(r, line, c->group, SPAN("false"), no, 0);
	}
}

/*
 * OpenClover counts how often a method was entered, at its line. PHPUnit has there the highest count of the
 * method's lines, in place of what it knows of that line itself (php-code-coverage, Report/Clover.php, 9.2).
 * It leaves out methods without code, so one that no statement follows has all of it on its own line.
 */
static void
add_method(struct clover_section *c, uint64_t line, uint64_t hits, const char **attributes)
{
	const char *name = xml_attribute(attributes, "signature"); /* OpenClover */

	if (name != NULL || (name = xml_attribute(attributes, "name")) == NULL) {
		report_add_line(c->base.report, line, hits, 0);
	} else {
		c->is_waiting = true;
		c->waiting_line = line;
		c->waiting_hits = hits;
	}
	if (name != NULL)
		report_add_function(c->base.report, span_of(name), line, 0, hits);
}

/* Something else than a statement follows PHPUnit's method. */
static void
end_waiting(struct clover_section *c)
{
	if (c->is_waiting)
		report_add_line(c->base.report, c->waiting_line, c->waiting_hits, 0);
	c->is_waiting = false;
}

static void
section_start(void *ctx, const char *name, const char **attributes)
{
	struct clover_section *c = ctx;
	const char *type;
	uint64_t line, hits;

	if (strcmp(name, "line") != 0)
		return;
	type = xml_attribute(attributes, "type");
	xml_attribute_number(attributes, "num", &line);
	xml_attribute_number(attributes, "count", &hits);
	if (type != NULL && strcmp(type, "method") == 0) {
		end_waiting(c);
		add_method(c, line, hits, attributes);
		return;
	}
	c->is_waiting = false;
	if (type != NULL && strcmp(type, "cond") == 0)
		add_condition(c, line, attributes);
	else
		report_add_line(c->base.report, line, hits, 0);
}

static void
section_end(void *ctx, const char *name)
{
	if (strcmp(name, "file") == 0)
		end_waiting(ctx);
}

static void
section_open(void *state, const struct data_index *index, struct report *report)
{
	static const struct xml_handlers handlers = { .on_start = section_start,
						      .on_end = section_end };

	report->rule = REPORT_MAX;
	report->has_counts = true;
	xml_section_open(state, index, report, &handlers);
}

static void
section_begin(void *state, const struct index_section *section)
{
	struct clover_section *c = state;

	c->line = 0;
	c->is_waiting = false;
	xml_section_begin(state, section);
}

static const struct report_reader reader = {
	.index_size = sizeof(struct clover_index),
	.index_open = index_open,
	.index_feed = xml_index_feed,
	.index_close = index_close,
	.section_size = sizeof(struct clover_section),
	.section_open = section_open,
	.section_begin = section_begin,
	.section_feed = xml_section_feed,
	.section_end = xml_section_end,
	.section_close = xml_section_close,
};

const struct data_format clover_format = {
	.name = "Clover",
	.sniff = sniff,
	.detail = 45,
	.reader = &reader,
};
