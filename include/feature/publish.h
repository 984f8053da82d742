/*
 * publish.h - tells the client how a document stands, when that differs from what it was told last.
 *
 * Messages that carry it: textDocument/publishDiagnostics for every client, covls/coverage for those
 * that asked, and covls/coverageChange for those that know how to change what they were sent. All are
 * written straight into the buffer that is sent.
 */
#ifndef COVLS_FEATURE_PUBLISH_H
#define COVLS_FEATURE_PUBLISH_H

#include "feature/session.h"

/* Sends what has changed, if anything. */
void publish(struct session *s, struct document *d);

/*
 * The same after the text has been read, while somebody may be typing: without the diagnostics that the
 * editor has only to move, which it does by itself, and without any list of them that is long. True: some
 * are left for publish_rest(), in a quieter moment.
 */
bool publish_read(struct session *s, struct document *d);
void publish_rest(struct session *s, struct document *d);

/* The document will be closed: takes its diagnostics away. */
void publish_nothing(struct session *s, struct document *d);

/* The next publish() sends all, changed or not. */
void publish_forget(struct document *d);

/* feature/diagnostics.c */
void diagnostics_publish(struct session *s, struct document *d);
bool diagnostics_publish_read(struct session *s, struct document *d);
void diagnostics_clear(struct session *s, struct document *d);

/* feature/marks.c */
void marks_publish(struct session *s, struct document *d);
void marks_forget(struct document *d);

/* The text has just been edited, in this order: moves the marks of clients that take changes, before
 * anybody reads the text. Other clients hear of it when it has been read. */
void marks_follow_edits(struct session *s, struct document *d, const struct doc_change *edits,
			size_t count);

/* Writes what covls/coverage says of `d`, as one object; with the runs or without. */
void marks_write(struct jsonw *w, const struct document *d, bool with_runs);

/* Writes members that tell what has changed since the baseline that is in force for the subject. */
void marks_write_change_members(struct jsonw *w, const struct subject *subject);

#endif
