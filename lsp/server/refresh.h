/*
 * refresh.h - keeps every open document's state true: when its text, its data, or both change.
 *
 * Text is read a moment after the last edit (typing.h). Data is read by a job on the thread pool, at
 * most one at a time, for all documents whose data may have changed; what comes back for a document
 * that has been closed meanwhile is dropped. A job that lasts is told of (feature/work_done.h) and ends
 * early when what it reads has changed again, when all its documents have been closed, or when the
 * person at the editor says so. The folders in which data files may lie are watched.
 */
#ifndef COVLS_SERVER_REFRESH_H
#define COVLS_SERVER_REFRESH_H

#include <uv.h>

#include "feature/session.h"

struct refresh;

struct refresh *refresh_open(uv_loop_t *loop, struct session *s);

void refresh_text_changed(struct refresh *r, struct document *d);
void refresh_look_again(struct refresh *r, struct document *d); /* NULL: all documents */
void refresh_start_over(struct refresh *r);
void refresh_reload(struct refresh *r, uint64_t ticket);
void refresh_settle(struct refresh *r, struct document *d);
void refresh_settle_if_short(struct refresh *r, struct document *d);
void refresh_document_closed(struct refresh *r);
const char *refresh_watched(const struct refresh *r, size_t i);

/* Stops; a job under way is waited for by the loop. Memory is freed when the loop has run the closing
 * callbacks; the session must last so long. */
void refresh_close(struct refresh *r);

#endif
