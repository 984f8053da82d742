/*
 * session.h - the state that the features share: one client, its wishes, and its open documents.
 *
 * A feature knows nothing of the loop. What it wants done there it asks of the host, a table of
 * functions that the server provides. Everything here is touched from the loop's thread only.
 */
#ifndef COVLS_FEATURE_SESSION_H
#define COVLS_FEATURE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/progress.h"
#include "config/options.h"
#include "coverage/subject.h"
#include "rpc/dispatch.h"
#include "text/doc_text.h"

#define MARKS_MEMBERS_MAX 12

/* What the client was told last of how a document's lines stand (feature/marks.c). */
struct sent_marks {
	uint64_t
		hash; /* of the last covls/coverage; 0: none was sent, or the next says all again */
	int64_t version;

	/* For clients that take changes: */
	struct view_runs runs; /* as the client has them */
	uint64_t members[MARKS_MEMBERS_MAX];
};

/* One open document. */
struct document {
	uint64_t id; /* never used again after it is closed */
	char *uri;   /* as the client writes it */
	int64_t version;
	struct doc_text text;
	struct subject subject;

	bool text_pending; /* edited, and not yet read anew */
	bool text_read;    /* ... which is being done */
	bool data_pending; /* its data is to be looked for */
	bool looked;       /* its data has been looked for at least once */
	uint64_t
		missing_since; /* when its data file was first seen to be away, loop time; 0: it is not */

	/* When its data file was seen to go away, before it came back: a test run had begun. 0: it has not. And
	 * when there was data again; a run may write it several times. */
	int64_t begun_ns, recorded_ns;

	struct sent_marks sent_marks;
	uint64_t sent_diagnostics; /* hash of the last diagnostics; 0: none are shown */
	uint64_t sent_problems;    /* hash of what they were, wherever they stood */
};

struct session;

/* Work that is done beside the loop; a part of a struct that holds what it needs. */
struct session_work {
	/* On another thread: touches nothing that others may. */
	void (*run)(struct session_work *work);
	/* Then, on the loop's; frees the work. `s` is NULL when the session has ended. */
	void (*done)(struct session_work *work, struct session *s);
	/* Told of under this title if it lasts; NULL: it is not. */
	const char *title;
	/* Asked to stop when the person says so, when the request that it answers is cancelled, or when the session
	 * ends. */
	struct progress progress;
	uint64_t ticket; /* of the request */
};

/* What the server does for the features. */
struct session_host {
	/* The text of `d` is new or has been edited. */
	void (*text_changed)(struct session *s, struct document *d);
	/* The data of `d`, or of all documents if NULL, is to be looked at again. */
	void (*look_again)(struct session *s, struct document *d);
	/* The same of all documents; what is being read now is of no use any more. */
	void (*start_over)(struct session *s);
	/* The same, and every document's state is sent whether it changed or not; then the request
	 * `ticket` is answered with the status. */
	void (*reload)(struct session *s, uint64_t ticket);
	/* Reads what is pending of the text of `d` now. */
	void (*settle)(struct session *s, struct document *d);
	/* The same, but a long text stays as its edits have left it, for an answer at once. */
	void (*settle_if_short)(struct session *s, struct document *d);
	/* The folders that are watched, one a call; NULL at the end. */
	const char *(*watched)(struct session *s, size_t i);
	void (*document_closed)(struct session *s);
	void (*work)(struct session *s, struct session_work *work);
	/* The request `ticket` has been cancelled: stops the work for it. */
	void (*cancelled)(struct session *s, uint64_t ticket);
	/* `exit` has come. */
	void (*stop)(struct session *s);
};

/* How far the telling of something long has come (feature/work_done.h). */
struct work_done {
	struct progress *progress; /* of what is told of; not while the stage is WORK_DONE_NONE */
	const char *title;
	enum { WORK_DONE_NONE, WORK_DONE_ASKED, WORK_DONE_SHOWN, WORK_DONE_REFUSED } stage;
	uint64_t number; /* of the token; never used again */
	int64_t request; /* the id of the request that announced it */
	unsigned percent;
};

struct session {
	struct rpc_conn rpc;
	const struct session_host *host;
	struct options options;
	struct text_list roots; /* workspace folders, absolute paths */
	int64_t client_pid;     /* 0: not told */

	enum text_encoding encoding;
	bool wants_coverage;         /* covls/coverage */
	bool takes_coverage_changes; /* covls/coverageChange; only if it wants coverage, too */
	bool takes_markdown;         /* in hovers */
	bool takes_diagnostic_version;
	bool takes_related_information; /* in diagnostics */
	bool shows_progress;
	struct work_done work_done;

	struct document **documents;
	size_t document_count, document_cap;
	uint64_t next_document_id;
};

void session_init(struct session *s, struct rpc_table methods, rpc_send_fn *send,
		  const struct session_host *host);
void session_free(struct session *s);

/* NULL when it is not open. */
struct document *session_find(const struct session *s, struct span uri);
/* Of what may name a document: *d is NULL where `uri` is { NULL, 0 }. False, with the reason: it is not open. */
bool session_find_asked(const struct session *s, struct span uri, struct document **d,
			struct error *err);
struct document *session_find_id(const struct session *s, uint64_t id);

/* A new document with empty text; one of the same URI is closed first. */
struct document *session_open(struct session *s, struct span uri);
void session_close(struct session *s, struct document *d);

/* Shows the person at the editor a message: window/showMessage for errors and warnings. */
void session_tell(struct session *s, int type, const char *text);

#endif
