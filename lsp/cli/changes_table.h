/*
 * changes_table.h - what has changed since a baseline, as a table: a row for each file.
 */
#ifndef COVLS_CLI_CHANGES_TABLE_H
#define COVLS_CLI_CHANGES_TABLE_H

#include "coverage/baseline.h"
#include "platform/output.h"

struct changes_row {
	char *name;
	bool compared; /* else `note` tells why not */
	struct baseline_changes changes;
	char *note; /* or NULL: "new file" */
};

/* Zero it; end it with changes_table_free(). */
struct changes_table {
	struct changes_row *rows;
	size_t count, cap;
	size_t same; /* files that need no row */
	uint64_t totals[BASELINE_CHANGES];
};

/* Both texts are copied; `note` may be NULL. The row lasts until the next one is added. */
struct changes_row *changes_table_add(struct changes_table *table, const char *name,
				      const char *note);
void changes_table_print(const struct changes_table *table, struct output *out, bool markdown);
void changes_table_free(struct changes_table *table);

#endif
