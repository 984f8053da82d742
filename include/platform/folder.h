/*
 * folder.h - what is in a folder, with the kind of each entry, for whoever walks many of them.
 */
#ifndef COVLS_PLATFORM_FOLDER_H
#define COVLS_PLATFORM_FOLDER_H

#include <stdbool.h>

#include "base/status.h"
#include "platform/file.h"

struct folder_entry {
	const char *name;    /* lasts until the callback returns */
	enum file_kind kind; /* of a link, FILE_OTHER: it was not followed */
	bool is_link;
};

/* Takes the next entry, in any order, without "." and ".."; false ends the reading. */
typedef bool folder_entry_fn(void *ctx, const struct folder_entry *entry);

/* Asks the system about single entries only where the folder itself does not tell their kind. */
enum status folder_read(const char *path, folder_entry_fn *on_entry, void *ctx, struct error *err);

#endif
