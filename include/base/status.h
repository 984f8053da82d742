/*
 * status.h - how a function says that it could not do its work, and why.
 *
 * A function that can fail returns an enum status, STATUS_OK being 0, and takes a struct error * as
 * its last argument. Whoever first knows the reason fills it; those above pass it on untouched. The
 * text is for people: lower case, no full stop, the file or name first, in 'quotes' where it is a
 * name, and, where there is one, the remedy after a semicolon.
 */
#ifndef COVLS_BASE_STATUS_H
#define COVLS_BASE_STATUS_H

#include <stdint.h>

enum status {
	STATUS_OK = 0,
	STATUS_MISSING,  /* it is not there */
	STATUS_BUSY,     /* somebody else is writing it: try again later */
	STATUS_EMPTY,    /* it is there and holds nothing yet */
	STATUS_BAD_DATA, /* it is there and is not what it should be */
	STATUS_DENIED,   /* the system does not let us */
	STATUS_LIMIT,    /* larger or deeper than covls takes */
	STATUS_STOPPED,  /* whoever asked for it no longer wants it */
	STATUS_USAGE,    /* the caller, in the end a person, asked for something impossible */
};

#define ERROR_TEXT_MAX 512

/* A zeroed one says that nothing went wrong. Copy it freely. */
struct error {
	enum status status;
	uint32_t line; /* of the input, from 1, where a line is at fault; else 0 */
	char text[ERROR_TEXT_MAX];
};

/*
 * Fills *err, if there is one, and returns `status`, so that a caller can write
 * `return error_set(err, STATUS_BAD_DATA, "'%s' is not a database", path);`. A text that does not
 * fit is cut, never inside a UTF-8 character.
 */
enum status error_set(struct error *err, enum status status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with the line that is at fault. */
enum status error_set_line(struct error *err, enum status status, uint32_t line, const char *fmt,
			   ...) __attribute__((format(printf, 4, 5)));

/* One word for a status: "missing", "busy" ...; never NULL. */
const char *status_name(enum status status);

#endif
