/*
 * typing.h - reads the texts of open documents when the typing pauses.
 *
 * At a key itself nothing is read: the marks move with the edit (feature/text_sync.c). A moment after the
 * last one, or now and then while somebody goes on, the text is read: a short one on the loop; a long one
 * is copied for the thread pool, so that no key waits for it, and what is found is dropped if the text has
 * changed meanwhile. Then the marks that stand otherwise are sent, and diagnostics: at once if they are
 * others than before, but after a longer quiet if they have only moved, as they do in the editor by
 * themselves.
 */
#ifndef COVLS_SERVER_TYPING_H
#define COVLS_SERVER_TYPING_H

#include <uv.h>

#include "feature/session.h"

struct typing;

struct typing *typing_open(uv_loop_t *loop, struct session *s);

/* The text of `d` has been edited. */
void typing_edited(struct typing *t, struct document *d);

/* If the text has not been read since the last edit: reads it now, however long it is, and leaves the
 * telling to the caller. False: there was nothing to do. */
bool typing_read(struct typing *t, struct document *d);

/* Somebody asks about the document: reads what is to be read and tells it. `patient`: however long it
 * takes; else a long text stays as its edits have left it. */
void typing_settle(struct typing *t, struct document *d, bool patient);

/* Stops; readings under way are waited for by the loop. Memory is freed when the loop has run the closing
 * callbacks. */
void typing_close(struct typing *t);

#endif
