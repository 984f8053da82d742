#include "python/pyregions.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- the pass ------------------------------------------------------------------------------ */

/* Makes room for the elements of lines up to `line`; new ones belong to no region. */
static void
reach_line(struct py_regions *regions, uint32_t line)
{
	size_t wanted = (size_t)line + 1, added;

	if (wanted <= regions->lines)
		return;
	if (wanted > regions->line_cap) {
		regions->line_cap = wanted + wanted / 2;
		regions->function_of = mem_resize(regions->function_of, regions->line_cap,
						  sizeof *regions->function_of);
		regions->class_of =
			mem_resize(regions->class_of, regions->line_cap, sizeof *regions->class_of);
	}
	added = wanted - regions->lines;
	memset(regions->function_of + regions->lines, 0, added * sizeof *regions->function_of);
	memset(regions->class_of + regions->lines, 0, added * sizeof *regions->class_of);
	regions->lines = wanted;
}

/* What lies within has taken its lines before. */
static void
take_lines(uint32_t *region_of, uint32_t region, uint32_t first, uint32_t last)
{
	for (uint32_t n = first; n <= last; n++) {
		if (region_of[n] == PY_REGION_NONE)
			region_of[n] = region;
	}
}

void
pyregions_init(struct pyregions *p, struct py_regions *regions)
{
	p->regions = regions;
	p->here = PY_REGION_NONE;
	p->last_line = 0;
	p->waiting = PYREGIONS_NO_BLOCK;
	if (regions != NULL)
		py_regions_clear(regions);
}

/* A statement begins: is it the first of a body? */
static void
begin_statement(struct pyregions *p, uint32_t line)
{
	if (p->waiting == PYREGIONS_NO_BLOCK)
		return;
	p->blocks[p->waiting].body_first = line;
	p->waiting = PYREGIONS_NO_BLOCK;
}

void
pyregions_simple(struct pyregions *p, const struct py_simple *simple)
{
	if (!simple->decorator)
		begin_statement(p, simple->first);
}

static uint32_t
add_region(struct pyregions *p, const struct py_head *head, bool listed)
{
	struct py_regions *regions = p->regions;

	regions->at = mem_grow(regions->at, regions->count, &regions->cap, sizeof *regions->at);
	regions->at[regions->count++] = (struct py_region){
		.outer = p->here,
		.start = head->line,
		.scope = head->first,
		.is_class = head->kind == PY_BLOCK_CLASS,
		.listed = listed,
	};
	return (uint32_t)regions->count;
}

void
pyregions_head(struct pyregions *p, const struct py_head *head)
{
	struct pyregions_block *b = &p->blocks[head->block];
	bool followed = head->block == 0 || p->blocks[head->block - 1].followed;

	if (head->clause != 0) {
		b->followed = false;
		return;
	}
	begin_statement(p, head->line);
	*b = (struct pyregions_block){ .followed = followed && head->kind != PY_BLOCK_MATCH };
	if (head->kind != PY_BLOCK_DEF && head->kind != PY_BLOCK_CLASS)
		return;
	b->region = add_region(p, head, followed);
	if (followed)
		p->here = b->region;
	if (head->kind == PY_BLOCK_DEF)
		p->waiting = head->block;
}

void
pyregions_line_end(struct pyregions *p, uint32_t last_token)
{
	p->last_line = last_token;
}

static void
end_function(struct pyregions *p, const struct pyregions_block *b)
{
	struct py_regions *regions = p->regions;
	uint32_t outer = regions->at[b->region - 1].outer;

	reach_line(regions, p->last_line);
	take_lines(regions->function_of, b->region, b->body_first, p->last_line);
	if (outer != PY_REGION_NONE && regions->at[outer - 1].is_class)
		take_lines(regions->class_of, outer, b->body_first, p->last_line);
}

void
pyregions_close(struct pyregions *p, uint8_t block)
{
	const struct pyregions_block *b = &p->blocks[block];
	const struct py_region *region;

	if (b->region == PY_REGION_NONE)
		return;
	region = &p->regions->at[b->region - 1];
	if (!region->listed)
		return;
	if (!region->is_class)
		end_function(p, b);
	p->here = region->outer;
}

static void
widen(struct py_region *region, uint32_t line)
{
	if (region->first == 0)
		region->first = line;
	region->last = line;
}

void
pyregions_finish(struct pyregions *p, uint32_t lines)
{
	struct py_regions *regions = p->regions;

	reach_line(regions, lines);
	for (uint32_t n = 1; n <= lines; n++) {
		if (regions->function_of[n] != PY_REGION_NONE)
			widen(&regions->at[regions->function_of[n] - 1], n);
		if (regions->class_of[n] != PY_REGION_NONE)
			widen(&regions->at[regions->class_of[n] - 1], n);
	}
}

/* ---- names --------------------------------------------------------------------------------- */

/* The place in the text where a line begins; lines are asked for in rising order. */
struct line_finder {
	struct span text;
	size_t at;
	uint32_t line;
};

static void
next_line(struct line_finder *f)
{
	const char *from = f->text.at + f->at;
	size_t left = f->text.len - f->at;
	const char *lf = memchr(from, '\n', left);
	size_t len = lf == NULL ? left : (size_t)(lf - from) + 1;
	const char *cr = memchr(from, '\r', len);

	if (cr != NULL && !(lf != NULL && cr + 1 == lf))
		len = (size_t)(cr - from) + 1;
	f->at += len;
	f->line++;
}

static size_t
find_line(struct line_finder *f, uint32_t line)
{
	while (f->line < line && f->at < f->text.len)
		next_line(f);
	return f->at;
}

static bool
is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || (unsigned char)c >= 0x80;
}

/* White space, and lines that go on after a backslash. */
static size_t
skip_space(struct span text, size_t at)
{
	while (at < text.len && strchr(" \t\f\\\r\n", text.at[at]) != NULL && text.at[at] != '\0')
		at++;
	return at;
}

static size_t
skip_name(struct span text, size_t at)
{
	while (at < text.len && is_name_byte(text.at[at]))
		at++;
	return at;
}

/* From the `async`, `def` or `class` at `at` to the name behind it. */
static void
find_name(struct py_region *region, struct span text, size_t at)
{
	size_t end = at;

	if (at == 0 && span_starts(text, SPAN("\xEF\xBB\xBF")))
		at += 3;
	do {
		at = skip_space(text, at);
		end = skip_name(text, at);
		if (end == at)
			return;
		region->name_at = (uint32_t)at;
		region->name_len = (uint32_t)(end - at);
		at = end;
	} while (span_equal((struct span){ text.at + region->name_at, region->name_len },
			    SPAN("async")));
	at = skip_space(text, end);
	end = skip_name(text, at);
	region->name_at = (uint32_t)at;
	region->name_len = (uint32_t)(end - at);
}

void
py_regions_find_names(struct py_regions *regions, struct span text)
{
	struct line_finder finder = { .text = text, .line = 1 };

	for (size_t i = 0; i < regions->count; i++) {
		struct py_region *region = &regions->at[i];

		find_name(region, text, find_line(&finder, region->start));
	}
}

void
py_region_name(const struct py_regions *regions, uint32_t number, struct span text, struct buf *out)
{
	uint32_t chain[PYSTMT_BLOCK_MAX];
	unsigned depth = 0;

	for (; number != PY_REGION_NONE; number = regions->at[number - 1].outer)
		chain[depth++] = number;
	while (depth > 0) {
		const struct py_region *region = &regions->at[chain[--depth] - 1];

		buf_add(out, (struct span){ text.at + region->name_at, region->name_len });
		if (depth > 0)
			buf_add_char(out, '.');
	}
}

const struct py_region *
py_region_of_scope(const struct py_regions *regions, uint32_t scope)
{
	size_t low = 0, high = regions->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (regions->at[middle].scope < scope)
			low = middle + 1;
		else
			high = middle;
	}
	return low < regions->count && regions->at[low].scope == scope ? &regions->at[low] : NULL;
}

void
py_regions_clear(struct py_regions *regions)
{
	regions->count = regions->lines = 0;
}

void
py_regions_free(struct py_regions *regions)
{
	free(regions->at);
	free(regions->function_of);
	free(regions->class_of);
	*regions = (struct py_regions){ 0 };
}
