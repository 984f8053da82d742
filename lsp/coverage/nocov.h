/*
 * nocov.h - what SimpleCov leaves out of its reports, and not out of its result set.
 *
 * Lines from one comment "# :nocov:" to the next, both of them included, or to the end (simplecov 0.22,
 * source_file.rb and lines_classifier.rb). The token can be set to another one in Ruby; that is not known here.
 */
#ifndef COVLS_COVERAGE_NOCOV_H
#define COVLS_COVERAGE_NOCOV_H

#include "base/span.h"
#include "data/data.h"

/* `text` is the one that ran; `format` as in struct data_info. Does nothing to data of another format. */
void nocov_exclude(struct data_query *data, const char *format, struct span text);

#endif
