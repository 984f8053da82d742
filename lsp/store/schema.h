/*
 * schema.h - the tables of the store, and how those of older versions become what they are now.
 *
 * PRAGMA user_version says which version a database has; 0 is an empty file. Each row of a list of
 * steps leads from the version of its number (from 0) to the next. A step is SQL, a function, or
 * both, in this order.
 */
#ifndef COVLS_STORE_SCHEMA_H
#define COVLS_STORE_SCHEMA_H

#include <sqlite3.h>
#include <stddef.h>

struct schema_step {
	const char *sql;
	int (*run)(sqlite3 *db); /* answers with SQLite's codes */
};

struct schema_list {
	const struct schema_step *steps;
	int count; /* the version they lead to */
};

extern const struct schema_list schema_of_store;

/* The version that a database has. */
int schema_version(sqlite3 *db, int *version);

/* Takes it from the version that it has to that of the list, in one transaction; others may be at
 * it, too. A newer one stays as it is. SQLITE_NOTADB: it has no version, but tables: somebody
 * else's. */
int schema_migrate(sqlite3 *db, const struct schema_list *list);

#endif
