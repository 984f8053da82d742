#include "index_builder.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#include "formats.h"

/* Names and sections take 4 GiB at most, so that the places of both fit into what is kept of them. */
#define SECTIONS_MAX ((size_t)64 << 20)

bool
reader_set_fault(struct reader_fault *fault, uint64_t at, const char *fmt, ...)
{
	va_list args;

	fault->at = at;
	va_start(args, fmt);
	vsnprintf(fault->text, sizeof fault->text, fmt, args);
	va_end(args);
	return false;
}

bool
reader_set_cut(struct reader_fault *fault, uint64_t at, const char *fmt, ...)
{
	va_list args;

	fault->at = at;
	fault->cut = true;
	va_start(args, fmt);
	vsnprintf(fault->text, sizeof fault->text, fmt, args);
	va_end(args);
	return false;
}

void
reader_hold_name(struct buf *name, struct span piece)
{
	size_t room = DATA_NAME_MAX + 1 - name->len;

	buf_add(name, span_cut(piece, 0, piece.len < room ? piece.len : room));
}

void
index_builder_open(struct index_builder *b)
{
	*b = (struct index_builder){ .index = mem_alloc(1, sizeof *b->index) };
}

uint32_t
index_name(struct index_builder *b, struct span name)
{
	struct data_index *index = b->index;
	size_t before = index->set.bytes.len;
	uint32_t *number;

	if (name.len == 0 || name.len > DATA_NAME_MAX || index->name_count >= DATA_FILES_MAX ||
	    memchr(name.at, '\0', name.len) != NULL) {
		b->left_out += name.len > 0;
		return INDEX_NONE;
	}
	number = name_set_put(&index->set, 0, name);
	if (*number == 0) {
		index->names = mem_grow(index->names, index->name_count, &index->name_cap,
					sizeof *index->names);
		index->names[index->name_count++] = (struct index_name){ before, name.len };
		*number = (uint32_t)index->name_count;
	}
	return *number - 1;
}

void
index_section(struct index_builder *b, uint32_t name, uint32_t kind, uint64_t start, uint64_t end)
{
	struct data_index *index = b->index;
	struct index_section *last =
		index->section_count == 0 ? NULL : &index->sections[index->section_count - 1];

	if (name == INDEX_NONE || end <= start)
		return;
	if (last != NULL && last->name == name && last->kind == kind && last->end == start) {
		last->end = end;
		return;
	}
	if (index->section_count >= SECTIONS_MAX) {
		b->left_out++;
		return;
	}
	index->sections = mem_grow(index->sections, index->section_count, &index->section_cap,
				   sizeof *index->sections);
	index->sections[index->section_count++] = (struct index_section){ start, end, name, kind };
}

void
index_base(struct index_builder *b, struct span folder)
{
	char *text;

	if (folder.len > DATA_NAME_MAX || b->index->bases.count >= 1000)
		return;
	text = mem_text(folder.at, folder.len);
	text_list_add_once(&b->index->bases, text);
	free(text);
}

void
index_note(struct index_builder *b, uint32_t note)
{
	b->index->note = note;
}

void
index_encoding(struct index_builder *b, struct span name)
{
	snprintf(b->index->encoding, sizeof b->index->encoding, "%.*s", (int)name.len, name.at);
}

void
index_producer(struct index_builder *b, struct span text)
{
	snprintf(b->index->info.producer, sizeof b->index->info.producer, "%.*s",
		 (int)(text.len < 100 ? text.len : 100), text.at);
}

void
index_branches(struct index_builder *b)
{
	b->index->info.has_branches = true;
}

void
index_warning(struct index_builder *b, const char *text)
{
	if (b->index->info.warning[0] == '\0')
		snprintf(b->index->info.warning, sizeof b->index->info.warning, "%s", text);
}

static int
compare_sections(const void *a, const void *b)
{
	const struct index_section *x = a, *y = b;

	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return (x->start > y->start) - (x->start < y->start);
}

/* Most reports speak of each file once, in the order of the names' numbers: those are sorted already. */
static void
sort_sections(struct data_index *index)
{
	for (size_t i = 1; i < index->section_count; i++) {
		if (compare_sections(&index->sections[i - 1], &index->sections[i]) > 0) {
			qsort(index->sections, index->section_count, sizeof *index->sections,
			      compare_sections);
			return;
		}
	}
}

/* Gives back what the arrays have grown in advance. */
static void
trim(struct data_index *index)
{
	index->names = mem_resize(index->names, index->name_count + 1, sizeof *index->names);
	index->name_cap = index->name_count + 1;
	index->sections =
		mem_resize(index->sections, index->section_count + 1, sizeof *index->sections);
	index->section_cap = index->section_count + 1;
}

struct data_index *
index_builder_finish(struct index_builder *b)
{
	struct data_index *index = b->index;
	size_t at = 0;

	sort_sections(index);
	trim(index);
	index->first_section = mem_alloc(index->name_count + 1, sizeof *index->first_section);
	for (size_t name = 0; name < index->name_count; name++) {
		index->first_section[name] = at;
		while (at < index->section_count && index->sections[at].name == name)
			at++;
	}
	index->first_section[index->name_count] = at;
	index->info.files = (uint32_t)index->name_count;
	index->info.has_rows = index->section_count > 0;
	if (b->left_out > 0 && index->info.warning[0] == '\0')
		snprintf(index->info.warning, sizeof index->info.warning,
			 "%u entr%s left out: a name is too long, or there are too many",
			 b->left_out, b->left_out == 1 ? "y is" : "ies are");
	*b = (struct index_builder){ 0 };
	return index;
}

void
index_builder_close(struct index_builder *b)
{
	data_index_close(b->index);
	*b = (struct index_builder){ 0 };
}

const struct index_section *
index_sections(const struct data_index *index, size_t number, size_t *count)
{
	*count = index->first_section[number + 1] - index->first_section[number];
	return &index->sections[index->first_section[number]];
}

void
data_index_close(struct data_index *index)
{
	if (index == NULL)
		return;
	free(index->path);
	text_list_free(&index->bases);
	name_set_free(&index->set);
	free(index->names);
	free(index->sections);
	free(index->first_section);
	free(index);
}

struct span
data_index_name(const struct data_index *index, size_t number)
{
	const struct index_name *name = &index->names[number];

	return span_cut(buf_span(&index->set.bytes), name->start, name->start + name->len);
}

bool
data_index_find(const struct data_index *index, struct span name, size_t *number)
{
	uint32_t found = name_set_find(&index->set, 0, name);

	if (found == 0)
		return false;
	*number = found - 1;
	return true;
}
