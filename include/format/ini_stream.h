/*
 * ini_stream.h - INI text in, sections and options out, by the rules of Python's configparser.
 *
 * The dialect is that of ConfigParser(interpolation=None) as coverage.py uses it (configparser.py,
 * 3.14; coverage/config.py, 7.16): UTF-8 without a byte order mark; `[name]` with all up to the last
 * `]` as the name; `=` or `:` ends an option's name, which is lower-cased; a line that is indented
 * more than the option's goes on with its value; whole lines that start with `#` or `;` are dropped,
 * even within a value, and there are no other comments; empty lines within a value stay. A section
 * or an option that stands twice is an error, and so is any line that is nothing of these.
 *
 * An option's value is its lines, each without white space round it, joined by LF, without empty ones
 * at its end. Options of the section DEFAULT hold in every section; it is told like any other, may
 * stand more than once and may come last, and it is for the caller to apply it.
 *
 * A pull machine: give it what has been read so far and ask for the next event; INI_MORE says that
 * all of it was used; until then the input must stay where it is. It may be cut anywhere. What it
 * keeps is the current line if that was cut, the current name and value, and all names, in order to
 * know one that comes again. Two names that differ only in the case of letters beyond ASCII are two
 * names here and one in Python.
 *
 *     while ((event = ini_next(&ini, &in)) != INI_MORE && event != INI_BAD) ...
 *     while ((event = ini_finish(&ini)) != INI_MORE && event != INI_BAD) ...    at the end
 */
#ifndef COVLS_FORMAT_INI_STREAM_H
#define COVLS_FORMAT_INI_STREAM_H

#include <assert.h>

#include "base/name_set.h"
#include "base/status.h"
#include "format/line_reader.h"

enum ini_event {
	INI_MORE,
	INI_SECTION, /* its name is in `section` */
	INI_OPTION,  /* `section`, `key` and `value`, complete */
	INI_BAD,     /* not INI: see `error`. The machine stays here */
};

/* A zeroed one is ready; end with ini_free(). To be read by the caller, and only until the next call:
 * section, key, value, line, error. */
struct ini_stream {
	struct buf section, key, value;
	uint32_t line;      /* where the section or the option began, from 1 */
	struct error error; /* the reason, with its line; the text does not name the file */

	/* private */
	struct line_reader lines;
	struct name_set names;
	struct span text; /* a line that is still to be looked at */
	uint32_t group;   /* of the section's options in `names`; 0: no section yet */
	uint32_t groups;
	size_t indent; /* of the option's line, in characters */
	size_t blanks; /* empty lines at the end of the value so far */
	bool has_text;
	bool in_option; /* there is an option that may go on */
};

static_assert(sizeof(struct ini_stream) <= 1024, "an ini_stream is small");

enum ini_event ini_next(struct ini_stream *ini, struct span *in);

/* The input has ended: what is left, one event a call; INI_MORE when all has been told. */
enum ini_event ini_finish(struct ini_stream *ini);

void ini_free(struct ini_stream *ini);

#endif
