/*
 * unmeasured.h - whether the project's configuration keeps coverage.py from measuring a source at all.
 *
 * That is `source`, `include` and `omit` under [run]; include does not count where there is a source
 * (InOrOut.check_include_omit_etc() in coverage/inorout.py, 7.16). A command line may have said otherwise, which is
 * not known here.
 */
#ifndef COVLS_COVERAGE_UNMEASURED_H
#define COVLS_COVERAGE_UNMEASURED_H

#include "base/buf.h"
#include "coverage/project.h"

/* Adds the reason: "omit in .coveragerc leaves it out ('gen.py')". False, and nothing is added: it may be measured.
 * `source` is absolute. */
bool unmeasured_add_reason(const struct project *project, const char *source, struct buf *out);

#endif
