/*
 * OpenCover's XML, also of coverlet and AltCover. A section is a <Method>, and its kind the number of the
 * file: a method may have points in several files, and is then a section of each.
 *
 * Written from descriptions of the format; there was no report of its producers to try it on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#include "formats.h"
#include "xml_report.h"

/* The highest number of a file, and the most files of one method. */
#define UID_MAX   DATA_FILES_MAX
#define FILES_MAX 8

/* More lines than that are no statement. */
#define POINT_LINES_MAX 1000

static bool
sniff(struct span bytes)
{
	struct xml_head head;

	return xml_look_at_head(bytes, &head) && strcmp(head.root, "CoverageSession") == 0;
}

/* ---- the index ---- */

struct opencover_index {
	struct xml_index base;
	uint32_t *names; /* of the index, + 1, by number of the file */
	size_t name_cap;
	uint32_t files[FILES_MAX]; /* of the method that is open */
	size_t file_count;
	uint64_t start;
	bool has_branches;
};

static bool
read_uid(const char **attributes, const char *key, uint32_t *uid)
{
	uint64_t number;

	if (!xml_attribute_number(attributes, key, &number) || number > UID_MAX)
		return false;
	*uid = (uint32_t)number;
	return true;
}

static void
index_file(struct opencover_index *o, const char **attributes)
{
	const char *path = xml_attribute(attributes, "fullPath");
	uint32_t uid;

	if (path == NULL || !read_uid(attributes, "uid", &uid))
		return;
	if (uid >= o->name_cap) {
		size_t cap = ((size_t)uid + 1) * 3 / 2;

		o->names = mem_resize(o->names, cap, sizeof *o->names);
		memset(o->names + o->name_cap, 0, (cap - o->name_cap) * sizeof *o->names);
		o->name_cap = cap;
	}
	/* INDEX_NONE + 1 is 0 */
	o->names[uid] = index_name(o->base.builder, span_of(path)) + 1;
}

static void
index_reference(struct opencover_index *o, const char **attributes, const char *key)
{
	uint32_t uid;

	if (!read_uid(attributes, key, &uid))
		return;
	for (size_t i = 0; i < o->file_count; i++) {
		if (o->files[i] == uid)
			return;
	}
	if (o->file_count < FILES_MAX)
		o->files[o->file_count++] = uid;
	else
		index_warning(o->base.builder,
			      "methods in more than eight files are left out there");
}

static void
index_start(void *ctx, const char *name, const char **attributes)
{
	struct opencover_index *o = ctx;

	if (xml_index_is_root(&o->base, name))
		return;
	if (name[0] == 'S' && strcmp(name, "SequencePoint") == 0) {
		index_reference(o, attributes, "fileid");
	} else if (name[0] == 'B' && strcmp(name, "BranchPoint") == 0) {
		index_reference(o, attributes, "fileid");
		if (!o->has_branches)
			index_branches(o->base.builder);
		o->has_branches = true;
	} else if (strcmp(name, "Method") == 0) {
		o->start = xml_start(&o->base.xml);
		o->file_count = 0;
	} else if (strcmp(name, "FileRef") == 0) {
		index_reference(o, attributes, "uid");
	} else if (strcmp(name, "File") == 0) {
		index_file(o, attributes);
	}
}

static void
index_end(void *ctx, const char *name)
{
	struct opencover_index *o = ctx;

	if (name[0] != 'M' || strcmp(name, "Method") != 0)
		return;
	for (size_t i = 0; i < o->file_count; i++) {
		uint32_t uid = o->files[i];

		if (uid < o->name_cap && o->names[uid] != 0)
			index_section(o->base.builder, o->names[uid] - 1, uid, o->start,
				      xml_end(&o->base.xml));
	}
	o->file_count = 0;
}

static void
index_open(void *state, struct index_builder *builder)
{
	static const struct xml_handlers handlers = { .on_start = index_start,
						      .on_end = index_end };

	xml_index_open(state, builder, "CoverageSession", &handlers);
}

static bool
index_close(void *state, bool whole, struct reader_fault *fault)
{
	struct opencover_index *o = state;

	free(o->names);
	return xml_index_close(state, whole, fault);
}

/* ---- sections ---- */

struct opencover_section {
	struct xml_section base;
	uint32_t uid;    /* of the file that is asked for */
	uint32_t method; /* of the method that is open */
	struct buf name; /* its name, in OpenCover's words */
	uint64_t first, hits;
};

/* Is this point in the file? Where it does not say, it is in that of its method. */
static bool
is_here(const struct opencover_section *o, const char **attributes)
{
	uint32_t uid;

	return read_uid(attributes, "fileid", &uid) ? uid == o->uid : o->method == o->uid;
}

static void
add_point(struct opencover_section *o, const char **attributes)
{
	uint64_t hits, first, last;

	xml_attribute_number(attributes, "vc", &hits);
	xml_attribute_number(attributes, "sl", &first);
	xml_attribute_number(attributes, "el", &last);
	if (last < first || last - first > POINT_LINES_MAX)
		last = first;
	for (uint64_t line = first; line - first <= last - first; line++)
		report_add_line(o->base.report, line, hits, 0);
	if (first > 0 && first <= LINE_SET_MAX && (o->first == 0 || first < o->first)) {
		o->first = first;
		o->hits = hits;
	}
}

static void
add_branch(struct opencover_section *o, const char **attributes)
{
	const char *path = xml_attribute(attributes, "path");
	uint64_t hits, line, offset;

	xml_attribute_number(attributes, "vc", &hits);
	xml_attribute_number(attributes, "sl", &line);
	xml_attribute_number(attributes, "offset", &offset);
	report_add_branch(o->base.report, line, (uint32_t)offset, span_of(path == NULL ? "" : path),
			  hits, 0);
}

static void
section_start(void *ctx, const char *name, const char **attributes)
{
	struct opencover_section *o = ctx;

	if (strcmp(name, "SequencePoint") == 0 && is_here(o, attributes)) {
		add_point(o, attributes);
	} else if (strcmp(name, "BranchPoint") == 0 && is_here(o, attributes)) {
		add_branch(o, attributes);
	} else if (strcmp(name, "FileRef") == 0) {
		read_uid(attributes, "uid", &o->method);
	} else if (strcmp(name, "Name") == 0) {
		buf_reset(&o->name);
		xml_want_text(&o->base.xml, true);
	} else if (strcmp(name, "Method") == 0) {
		o->method = UINT32_MAX;
		o->first = 0;
		buf_reset(&o->name);
	}
}

static void
section_text(void *ctx, struct span piece)
{
	struct opencover_section *o = ctx;

	reader_hold_name(&o->name, piece);
}

/* "Calc.Add" of "System.Int32 Shop.Calc::Add(System.Int32)". */
static void
add_function(struct opencover_section *o)
{
	char *name = buf_text(&o->name), *colons = strstr(name, "::"), *start = colons;
	struct buf shown = { 0 };

	if (colons == NULL || o->first == 0 || o->name.len > DATA_NAME_MAX)
		return;
	while (start > name && strchr(" ./", start[-1]) == NULL)
		start--;
	buf_add(&shown, (struct span){ start, (size_t)(colons - start) });
	buf_add_char(&shown, '.');
	buf_add(&shown, (struct span){ colons + 2, strcspn(colons + 2, "(") });
	report_add_function(o->base.report, buf_span(&shown), o->first, 0, o->hits);
	buf_free(&shown);
}

static void
section_end(void *ctx, const char *name)
{
	struct opencover_section *o = ctx;

	if (strcmp(name, "Name") == 0)
		xml_want_text(&o->base.xml, false);
	else if (strcmp(name, "Method") == 0)
		add_function(o);
}

static void
section_open(void *state, const struct data_index *index, struct report *report)
{
	static const struct xml_handlers handlers = { .on_start = section_start,
						      .on_end = section_end,
						      .on_text = section_text };

	report->rule = REPORT_MAX;
	report->has_counts = true;
	xml_section_open(state, index, report, &handlers);
}

static void
section_begin(void *state, const struct index_section *section)
{
	struct opencover_section *o = state;

	o->uid = section->kind;
	xml_section_begin(state, section);
}

static bool
section_close(void *state, bool whole, struct reader_fault *fault)
{
	struct opencover_section *o = state;

	buf_free(&o->name);
	return xml_section_close(state, whole, fault);
}

static const struct report_reader reader = {
	.index_size = sizeof(struct opencover_index),
	.index_open = index_open,
	.index_feed = xml_index_feed,
	.index_close = index_close,
	.section_size = sizeof(struct opencover_section),
	.section_open = section_open,
	.section_begin = section_begin,
	.section_feed = xml_section_feed,
	.section_end = xml_section_end,
	.section_close = section_close,
};

const struct data_format opencover_format = {
	.name = "OpenCover",
	.sniff = sniff,
	.detail = 55,
	.reader = &reader,
};
