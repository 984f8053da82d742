/*
 * reader.h - what the reader of one report format provides: two machines that are fed bytes.
 *
 * The index machine is fed the whole report, from front to end in pieces of any size, and calls
 * index_...() for what it finds. It does as little as tells the sections apart: it may leave faults in
 * the middle of a section to the other one. The section machine is fed the sections of one source
 * file, one after the other in order of their start, and calls report_add_...().
 *
 * Both are structs of a fixed size that core allocates, zeroed. They keep nothing that grows with the
 * report; what grows with one source file's section is all right. Their functions return false when
 * the bytes are not what they should be, and fill in the fault; after that only close() is called.
 * close() is always called, with `whole` false when the reading was given up.
 */
#ifndef COVLS_DATA_READER_H
#define COVLS_DATA_READER_H

#include "data/index.h"
#include "data/report.h"

struct reader_fault {
	/* Bytes from where the machine was first fed (index), or the section's start, to the fault. */
	uint64_t at;
	uint32_t line;  /* from 1, of the whole report; 0 if it is not known */
	bool cut;       /* the report ends too early: perhaps somebody is still writing it */
	char text[160]; /* a clause: "a count is missing" */
};

/* Sets the text (cut if it must be) and `at`, and returns false. */
bool reader_set_fault(struct reader_fault *fault, uint64_t at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same, and `cut`. */
bool reader_set_cut(struct reader_fault *fault, uint64_t at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds a piece to a name that comes in several. One byte more than a name may have is kept at most: whoever takes
 * it then sees that it is too long, wherever it was cut. */
void reader_hold_name(struct buf *name, struct span piece);

struct index_builder;

struct report_reader {
	size_t index_size;
	void (*index_open)(void *state, struct index_builder *builder);
	bool (*index_feed)(void *state, struct span piece, struct reader_fault *fault);
	bool (*index_close)(void *state, bool whole, struct reader_fault *fault);

	size_t section_size;
	/* `report` is empty and takes what is found; its rule and has_counts are to be set. */
	void (*section_open)(void *state, const struct data_index *index, struct report *report);
	void (*section_begin)(void *state, const struct index_section *section);
	bool (*section_feed)(void *state, struct span piece, struct reader_fault *fault);
	bool (*section_end)(void *state, struct reader_fault *fault);
	/* After the last section; finishes what waited for it. */
	bool (*section_close)(void *state, bool whole, struct reader_fault *fault);
};

/* The number of a source file, for index_section(); INDEX_NONE if there are too many or it is too long:
 * then it is left out, and the person is told. */
#define INDEX_NONE UINT32_MAX
uint32_t index_name(struct index_builder *b, struct span name);

/* Offsets are counted from the first byte that was fed. A section that begins where the last one of the
 * same name and kind ended is made one with it. Nothing happens with INDEX_NONE. */
void index_section(struct index_builder *b, uint32_t name, uint32_t kind, uint64_t start,
		   uint64_t end);

/* See struct data_index. */
void index_base(struct index_builder *b, struct span folder);
void index_note(struct index_builder *b, uint32_t note);
void index_encoding(struct index_builder *b, struct span name);
void index_producer(struct index_builder *b,
		    struct span text);                         /* "lcov 2.0"; the last one counts */
void index_branches(struct index_builder *b);                  /* it has some */
void index_warning(struct index_builder *b, const char *text); /* the first one counts */

#endif
