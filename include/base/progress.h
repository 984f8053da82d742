/*
 * progress.h - how far a long piece of work has come, and whether anybody still wants it.
 *
 * One thread works and reports, any other looks on and may ask it to stop. The worker looks at the
 * request between two slices of its work (at least every few milliseconds) and then ends with
 * STATUS_STOPPED. A zeroed one is ready; NULL is nobody looking on.
 */
#ifndef COVLS_BASE_PROGRESS_H
#define COVLS_BASE_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	_Atomic uint64_t done, total; /* bytes */
	atomic_bool stop;
};

/* There is so much more to do. */
static inline void
progress_expect(struct progress *p, uint64_t bytes)
{
	if (p != NULL)
		atomic_fetch_add_explicit(&p->total, bytes, memory_order_relaxed);
}

/* So much more is done. False: stop. */
static inline bool
progress_step(struct progress *p, uint64_t bytes)
{
	if (p == NULL)
		return true;
	atomic_fetch_add_explicit(&p->done, bytes, memory_order_relaxed);
	return !atomic_load_explicit(&p->stop, memory_order_relaxed);
}

/* From the thread that looks on. */
static inline void
progress_stop(struct progress *p)
{
	atomic_store_explicit(&p->stop, true, memory_order_relaxed);
}

static inline bool
progress_is_stopped(const struct progress *p)
{
	return atomic_load_explicit(&p->stop, memory_order_relaxed);
}

#endif
