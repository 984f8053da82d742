/*
 * json_skip.h - the part of json_stream that passes over text: strings and brackets, nothing else.
 *
 * While it is at work, `depth` counts brackets and the kinds of the levels above `floor` are not kept.
 */
#ifndef COVLS_FORMAT_JSON_SKIP_H
#define COVLS_FORMAT_JSON_SKIP_H

#include "format/json_stream.h"

enum skip_place { SKIP_OUTSIDE, SKIP_STRING, SKIP_ESCAPE };

enum skip_end {
	SKIP_GOES_ON,  /* the input is used up */
	SKIP_IS_OVER,  /* the byte before `in` is the last one: a bracket, or a string's quote */
	SKIP_TOO_DEEP, /* the byte before `in` opens one level too many */
};

/* Uses up `in` as far as what is passed over goes; `place` is where it is. Moves j->depth and j->offset. */
enum skip_end json_skip(struct json_stream *j, enum skip_place *place, struct span *in);

#endif
