/* range.h - LSP ranges of whole lines. */
#ifndef COVLS_FEATURE_RANGE_H
#define COVLS_FEATURE_RANGE_H

#include "format/jsonw.h"
#include "text/doc_text.h"

/* Writes a Range as the value of `range`: from the first character of line `first` (from 1) that is not
 * white space to the end of line `last`. */
void range_write(struct jsonw *w, struct doc_text *text, uint32_t first, uint32_t last,
		 enum text_encoding encoding);

#endif
