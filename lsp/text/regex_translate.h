/*
 * regex_translate.h - from a regular expression in Python's dialect to one of PCRE2's.
 *
 * The pattern is read as re/_parser.py of CPython 3.14 reads that of a str, and written anew with
 * nothing but what both engines (PCRE2 from 10.30 on) understand alike. What Python refuses is
 * refused here, with Python's words. The result is ASCII. It is meant to be compiled with MULTILINE
 * and ALT_CIRCUMFLEX, LF as the only line end, and without UCP, EXTENDED, CASELESS and DOTALL: the
 * flags of the pattern are written into it.
 *
 * Python accepts, and this doesn't: `\N{...}`, which takes a table of names; repetitions of more than
 * 65,535; more than REGEX_DEPTH_MAX groups in each other.
 */
#ifndef COVLS_TEXT_REGEX_TRANSLATE_H
#define COVLS_TEXT_REGEX_TRANSLATE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

#define REGEX_DEPTH_MAX 250

struct regex_translation {
	bool ascii;       /* for texts of ASCII alone: shorter, and compiled without UTF */
	bool single_line; /* without Python's MULTILINE */
	/* Set by regex_translate(): */
	bool beyond;   /* it has characters beyond ASCII; if it is `ascii`, it is of no use */
	bool numbered; /* it refers to a group by its number */
	bool uneasy; /* compile it with NO_START_OPTIMIZE: what is in it is too much for the quick ways
			of PCRE2's JIT to a first character (10.42 skips matches of `(?i)(?>s+?)i` in
			"\u017F\u017Fi" and makes some up for `(?>\w*.\z|)\S` in "ab") */
};

/* Adds to `out`. False: *err says what is wrong, and `out` holds half a pattern. */
bool regex_translate(struct buf *out, struct span pattern, struct regex_translation *how,
		     struct error *err);

#endif
