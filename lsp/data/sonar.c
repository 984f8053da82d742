/*
 * SonarQube's generic coverage: <coverage version="1"><file path><lineToCover lineNumber covered
 * branchesToCover coveredBranches>. A section is a <file>.
 */
#include <string.h>

#include "formats.h"
#include "xml_report.h"

static bool
sniff(struct span bytes)
{
	struct xml_head head;

	if (!xml_look_at_head(bytes, &head) || strcmp(head.root, "coverage") != 0 ||
	    (head.signs & XML_VERSION_1) == 0)
		return false;
	return (head.signs & (XML_RATES | XML_CLOVER | XML_HAS_PACKAGES | XML_HAS_PROJECT)) == 0;
}

struct sonar_index {
	struct xml_index base;
	bool has_branches;
};

static void
index_start(void *ctx, const char *name, const char **attributes)
{
	struct sonar_index *s = ctx;

	if (xml_index_is_root(&s->base, name))
		return;
	if (strcmp(name, "file") == 0) {
		const char *path = xml_attribute(attributes, "path");

		xml_index_begin(
			&s->base,
			path == NULL ? INDEX_NONE : index_name(s->base.builder, span_of(path)), 0);
	} else if (!s->has_branches && strcmp(name, "lineToCover") == 0 &&
		   xml_attribute(attributes, "branchesToCover") != NULL) {
		s->has_branches = true;
		index_branches(s->base.builder);
	}
}

static void
index_end(void *ctx, const char *name)
{
	struct sonar_index *s = ctx;

	(void)name;
	xml_index_end(&s->base);
}

static void
index_open(void *state, struct index_builder *builder)
{
	static const struct xml_handlers handlers = { .on_start = index_start,
						      .on_end = index_end };

	xml_index_open(state, builder, "coverage", &handlers);
}

static void
section_start(void *ctx, const char *name, const char **attributes)
{
	struct xml_section *s = ctx;
	const char *covered;
	uint64_t line, taken, total;

	if (strcmp(name, "lineToCover") != 0)
		return;
	covered = xml_attribute(attributes, "covered");
	xml_attribute_number(attributes, "lineNumber", &line);
	xml_attribute_number(attributes, "coveredBranches", &taken);
	xml_attribute_number(attributes, "branchesToCover", &total);
	report_add_line(s->report, line, covered != NULL && strcmp(covered, "true") == 0, 0);
	report_add_arms(s->report, line, 0, taken, total);
}

static void
section_open(void *state, const struct data_index *index, struct report *report)
{
	static const struct xml_handlers handlers = { .on_start = section_start };

	report->rule = REPORT_MAX;
	report->has_counts = false;
	xml_section_open(state, index, report, &handlers);
}

static const struct report_reader reader = {
	.index_size = sizeof(struct sonar_index),
	.index_open = index_open,
	.index_feed = xml_index_feed,
	.index_close = xml_index_close,
	.section_size = sizeof(struct xml_section),
	.section_open = section_open,
	.section_begin = xml_section_begin,
	.section_feed = xml_section_feed,
	.section_end = xml_section_end,
	.section_close = xml_section_close,
};

const struct data_format sonar_format = {
	.name = "SonarQube",
	.sniff = sniff,
	.detail = 30,
	.reader = &reader,
};
