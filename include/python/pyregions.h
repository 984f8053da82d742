/*
 * pyregions.h - the functions and classes of a source, as regions of its lines.
 *
 * What pylines.h finds in its pass when it is asked for PY_WANT_REGIONS: code_regions() of
 * coverage/regions.py, 7.16.1. The lines of a function are those from the first statement of its body
 * to the end of the last, without those of functions in it. The lines of a class are those of its
 * methods, without those of classes in it. So a line belongs to one function at most, and to one class
 * at most.
 *
 * A definition in an `else`, `elif`, `except`, `finally` or `case` suite is in the table too, but is no
 * region (`listed` is false), as there: RegionFinder.handle_node_body() follows `body` alone.
 */
#ifndef COVLS_PYTHON_PYREGIONS_H
#define COVLS_PYTHON_PYREGIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "python/pystmt.h"

#define PY_REGION_NONE 0u

struct py_region {
	uint32_t outer; /* number of the region it is defined in, or PY_REGION_NONE */
	uint32_t start; /* line of the `def` or `class` (or `async`) */
	uint32_t scope; /* the line by which arcs know it: that of its first decorator, if any */
	uint32_t first, last;       /* the first and the last of its lines; 0, 0: it has none */
	uint32_t name_at, name_len; /* its own name, as a place in the text; see below */
	bool is_class;
	bool listed;
};

/* A part of struct py_lines. Zeroed is empty. Regions have numbers from 1, in the order of the source:
 * at[n - 1] is number n. */
struct py_regions {
	struct py_region *at;
	size_t count, cap;
	/* Of each physical line (from 1; [0] unused): the region it belongs to, or PY_REGION_NONE. */
	uint32_t *function_of, *class_of;
	size_t lines, line_cap; /* elements of these, and room for them */
};

/* Finds the names of all of them in `text`, the whole source. py_lines_read() has done so already; who
 * feeds a reader piece by piece calls it afterwards. */
void py_regions_find_names(struct py_regions *regions, struct span text);

/* Adds the dotted name of region `number`, such as "Class.method"; `text` is the source. */
void py_region_name(const struct py_regions *regions, uint32_t number, struct span text,
		    struct buf *out);

/* The definition whose `scope` is this line, or NULL. */
const struct py_region *py_region_of_scope(const struct py_regions *regions, uint32_t scope);

void py_regions_clear(struct py_regions *regions);
void py_regions_free(struct py_regions *regions);

/* ---- for pylines.c: the pass that finds them, on the events of pystmt.h ---- */

struct pyregions_block {
	uint32_t region;     /* def, class: its number */
	uint32_t body_first; /* def, class: line of the first statement of the body; 0: to come */
	bool followed;       /* definitions in the suite at hand are listed */
};

struct pyregions {
	struct py_regions *regions; /* NULL: not wanted */
	uint32_t here;              /* the listed region that we are in, or PY_REGION_NONE */
	uint32_t last_line;         /* of the last token of the logical line before */
	uint8_t waiting;            /* the block whose body has just begun, or PYREGIONS_NO_BLOCK */
	struct pyregions_block blocks[PYSTMT_BLOCK_MAX];
};

#define PYREGIONS_NO_BLOCK 0xFFu

void pyregions_init(struct pyregions *p, struct py_regions *regions);
void pyregions_simple(struct pyregions *p, const struct py_simple *simple);
void pyregions_head(struct pyregions *p, const struct py_head *head);
void pyregions_line_end(struct pyregions *p, uint32_t last_token);
void pyregions_close(struct pyregions *p, uint8_t block);

/* `lines`: physical lines of the whole text. */
void pyregions_finish(struct pyregions *p, uint32_t lines);

#endif
