/*
 * recorded.h - the names of source files as reports write them, and one way of writing them.
 *
 * Producers write '/' or '\', "./" in front or not, URLs, or folders of a sandbox. The normal form of a
 * name has '/' alone, no empty part, no "." and no ".." but at the start of a relative one; a drive letter is
 * small. Text alone is looked at, no disk.
 */
#ifndef COVLS_COVERAGE_RECORDED_H
#define COVLS_COVERAGE_RECORDED_H

#include "base/buf.h"
#include "base/span.h"

/*
 * Writes the normal form of a name, replacing what `out` holds:
 *   .\src\a.cs  ->  src/a.cs          C:\ci\a.cs                   ->  c:/ci/a.cs
 *   file:///ci/a%20b.js  ->  /ci/a b.js    webpack://pkg/./src/a.js?1f  ->  src/a.js
 *   /proc/self/cwd/src/a.c  ->  src/a.c (Bazel)    _/ci/a.go  ->  /ci/a.go (Go without a module)
 */
void recorded_normalize(struct span name, struct buf *out);

/* Is it so already? Then it need not be written anew. */
bool recorded_is_normal(struct span name);

/* Does a normal name say where it begins: at a root, a drive, a host? */
bool recorded_is_absolute(struct span normal);

/* ASCII capitals as small letters, for file systems that ignore case. */
void recorded_fold(struct buf *name);

#endif
