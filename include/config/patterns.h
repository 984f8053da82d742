/*
 * patterns.h - makes the file patterns of a configuration ready for glob.h.
 */
#ifndef COVLS_CONFIG_PATTERNS_H
#define COVLS_CONFIG_PATTERNS_H

/*
 * The second form in which an `include` or `omit` pattern is tried, besides its own: as an absolute
 * path seen from `folder`, with symbolic links resolved as far as the path exists and without a
 * separator at its end. NULL if it has none, because it starts with a wildcard. The caller's to free().
 * (prep_patterns() in coverage/files.py, 7.16.) `folder` is absolute.
 */
char *pattern_absolute(const char *pattern, const char *folder);

#endif
