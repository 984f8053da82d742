/*
 * package_line.h - the package that a source of Java, Kotlin, Scala or Groovy says it belongs to.
 *
 * Kotlin's files need not lie in the folder of their package; JaCoCo tells the package alone.
 */
#ifndef COVLS_COVERAGE_PACKAGE_LINE_H
#define COVLS_COVERAGE_PACKAGE_LINE_H

#include "base/span.h"

/* Does the file begin by saying "package com.example", for the folder "com/example"? Looks at its first 4 KiB. */
bool package_line_says(const char *file, struct span folder);

#endif
