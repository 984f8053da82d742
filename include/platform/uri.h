/*
 * uri.h - file: URIs and paths.
 *
 * A URI that comes from an editor is only ever compared by the path it names, since editors differ in
 * what they percent-encode; it goes back to the editor in the bytes that it came in.
 */
#ifndef COVLS_PLATFORM_URI_H
#define COVLS_PLATFORM_URI_H

#include "base/span.h"

/* The absolute, normal path of a file: URI (any host part is dropped), or NULL for other schemes and
 * for an encoded NUL. The caller frees it. */
char *uri_to_path(struct span uri);

/* The file: URI of an absolute path; the caller frees it. */
char *uri_from_path(const char *path);

#endif
