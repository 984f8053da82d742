/*
 * pyregions.h - the functions and classes of a source, as regions of its lines.
 *
 * What pylines.h finds in its pass when it is asked for PY_WANT_REGIONS: code_regions() of
 * coverage/regions.py, 7.16.1. The lines of a function are those from the first statement of its body
 * to the end of the last, without those of functions in it. The lines of a class are those of its
 * methods, without those of classes in it. So a line belongs to one function at most, and to one class
 * at most. A definition in an `else`, `elif`, `except`, `finally` or `case` suite is no region, as
 * there (RegionFinder.handle_node_body() follows `body` alone).
 */
#ifndef COVLS_PYTHON_PYREGIONS_H
#define COVLS_PYTHON_PYREGIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

#define PY_REGION_NONE 0u

struct py_region {
	uint32_t outer; /* number of the region it is defined in, or PY_REGION_NONE */
	uint32_t start; /* line of the `def` or `class` */
	uint32_t first,
		last; /* its lines lie within these, both included; first > last: it has none */
	bool is_class;
};

/* A part of struct py_lines. Zeroed is empty. Regions have numbers from 1, in the order of the source:
 * at[n - 1] is number n. */
struct py_regions {
	struct py_region *at;
	size_t count, cap;
	/* Of each physical line (from 1; [0] unused): the region it belongs to, or PY_REGION_NONE. */
	uint32_t *function_of, *class_of;
};

/* Adds the dotted name of region `number`, such as "Class.method"; `text` is the source. */
void py_region_name(const struct py_regions *regions, uint32_t number, struct span text,
		    struct buf *out);

/* Adds the name of what is defined on line `start`: that behind its `def` or `class`. */
void py_name_at(struct span text, uint32_t start, struct buf *out);

void py_regions_clear(struct py_regions *regions);
void py_regions_free(struct py_regions *regions);

#endif
