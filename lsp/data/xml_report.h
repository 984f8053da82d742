/*
 * xml_report.h - what the readers of reports in XML have in common.
 *
 * A section is a run of whole elements (one class, one file), read as if it stood in a root of its own.
 * The state of a reader's machine begins with the struct of this header; the functions here then serve
 * as its machine's, and find its handlers there.
 */
#ifndef COVLS_DATA_XML_REPORT_H
#define COVLS_DATA_XML_REPORT_H

#include "format/xml_stream.h"

#include "reader.h"

/* What the first bytes of a file show; parts that are not in them are 0. */
enum xml_sign {
	XML_RATES = 1,           /* attributes of the root: line-rate, lines-valid ... */
	XML_CLOVER = 2,          /* clover, phpunit, generated */
	XML_VERSION_1 = 4,       /* version="1" */
	XML_JACOCO = 8,          /* the DOCTYPE's public name */
	XML_HAS_PACKAGES = 16,   /* children of the root: packages, sources */
	XML_HAS_PROJECT = 32,    /* project, testproject */
	XML_HAS_FILE = 64,       /* file */
	XML_HAS_PACKAGE = 128,   /* package, group, sessioninfo */
	XML_HAS_ANY_CHILD = 256, /* any element at all */
};

struct xml_head {
	char root[32];
	unsigned signs; /* enum xml_sign */
};

/* False: it is no XML, or its root is further on. */
bool xml_look_at_head(struct span bytes, struct xml_head *head);

struct xml_index {
	struct xml_stream xml;
	struct index_builder *builder;
	const char *root; /* what the root must be called */
	/* The section that is open, if depth is not 0. */
	uint64_t start;
	uint32_t name, kind, depth;
	/* The last one that ended, while the element it stood in is open: the next may continue it. */
	uint64_t last_end;
	uint32_t last_name, last_kind;
	bool has_last;
};

/* Handlers get `x`, that is the state, as their context. */
void xml_index_open(struct xml_index *x, struct index_builder *builder, const char *root,
		    const struct xml_handlers *handlers);
bool xml_index_feed(void *state, struct span piece, struct reader_fault *fault);
bool xml_index_close(void *state, bool whole, struct reader_fault *fault);

/* For on_start: is this the root, and, if so, the right one? Refuses a wrong one. */
bool xml_index_is_root(struct xml_index *x, const char *name);

/* In on_start of its first element: a section begins. */
void xml_index_begin(struct xml_index *x, uint32_t name, uint32_t kind);

/* In on_end: ends the section if this is the element that began it, and tells so. */
bool xml_index_end(struct xml_index *x);

/* In on_start of an element that has sections as children: they don't continue those of another. */
void xml_index_enter(struct xml_index *x);

struct xml_section {
	struct xml_stream xml;
	struct report *report;
};

void xml_section_open(struct xml_section *s, const struct data_index *index, struct report *report,
		      const struct xml_handlers *handlers);
void xml_section_begin(void *state, const struct index_section *section);
bool xml_section_feed(void *state, struct span piece, struct reader_fault *fault);
bool xml_section_end(void *state, struct reader_fault *fault);
bool xml_section_close(void *state, bool whole, struct reader_fault *fault);

/* The number that a value begins with. A negative one is 0, one above 64 bits the highest. False: there
 * is none, or `text` is NULL; then *number is 0. */
bool xml_number(const char *text, uint64_t *number);

/* The same of an attribute. */
bool xml_attribute_number(const char **attributes, const char *name, uint64_t *number);

#endif
