#include "feature/publish.h"

void
publish(struct session *s, struct document *d)
{
	if (!d->looked)
		return; /* nothing is known yet, not even that there is nothing */
	marks_publish(s, d);
	diagnostics_publish(s, d);
}

bool
publish_read(struct session *s, struct document *d)
{
	if (!d->looked)
		return false;
	marks_publish(s, d);
	return diagnostics_publish_read(s, d);
}

void
publish_rest(struct session *s, struct document *d)
{
	if (d->looked)
		diagnostics_publish(s, d);
}

void
publish_nothing(struct session *s, struct document *d)
{
	diagnostics_clear(s, d);
}

void
publish_forget(struct document *d)
{
	marks_forget(d);
	d->sent_diagnostics = 0;
}
