#include "json_probe.h"

#include "format/json_stream.h"

/* Deeper than any pattern. */
#define DEPTH_MAX 8

/* A key longer than this is none that a pattern names. */
#define KEY_MAX 64

/* Of the value that is next or has begun, or of the container at each depth: which patterns it is on the
 * way of. Bit i: pattern i. */
struct probe {
	const char *const *patterns;
	unsigned ways[DEPTH_MAX + 1];
	char key[KEY_MAX];
	size_t key_len;
};

static struct span
step_of(const char *pattern, unsigned depth)
{
	struct span step;

	for (; depth > 0 && *pattern != '\0'; pattern++)
		depth -= *pattern == ' ';
	step = (struct span){ pattern, strcspn(pattern, " ") };
	return step;
}

static bool
is_last(struct span step)
{
	return step.len > 0 && step.at[step.len] == '\0';
}

/* Goes a step down from the container at `depth`; true if a pattern is at its end. */
static bool
take_step(struct probe *p, unsigned depth, struct span key, bool element, unsigned *ways)
{
	*ways = 0;
	for (unsigned i = 0; p->patterns[i] != NULL; i++) {
		struct span step = step_of(p->patterns[i], depth - 1);
		bool fits;

		if ((p->ways[depth] >> i & 1) == 0 || step.len == 0)
			continue;
		fits = element ? span_equal(step, SPAN("[]"))
			       : span_equal(step, SPAN("*")) || span_equal(step, key);
		if (fits && is_last(step))
			return true;
		*ways |= (unsigned)fits << i;
	}
	return false;
}

static void
add_key(struct probe *p, struct span piece)
{
	for (; piece.len > 0 && p->key_len < KEY_MAX; span_skip(&piece, 1))
		p->key[p->key_len++] = *piece.at;
}

bool
json_probe(struct span head, const char *const *patterns)
{
	struct probe p = { .patterns = patterns, .ways[1] = ~0u };
	struct json_stream j = { 0 };
	enum json_event event;
	struct span piece;
	unsigned next = 0;

	if (span_starts(head, SPAN("\xef\xbb\xbf")))
		span_skip(&head, 3);
	while ((event = json_next(&j, &head, &piece)) != JSON_MORE && event != JSON_BAD) {
		bool opens = event == JSON_OBJECT || event == JSON_ARRAY;
		unsigned depth = j.depth - (unsigned)opens; /* of what the value stands in */
		bool ends = event == JSON_OBJECT_END || event == JSON_ARRAY_END;

		if (event == JSON_KEY_PART)
			add_key(&p, piece);
		if (event == JSON_KEY_END) {
			if (take_step(&p, depth, (struct span){ p.key, p.key_len }, false, &next))
				return true;
			p.key_len = 0;
			if (next == 0 || depth == DEPTH_MAX)
				json_skip_value(&j);
		} else if (event != JSON_KEY_PART && !ends && event != JSON_SKIPPED && depth > 0 &&
			   (j.kinds >> (depth - 1) & 1) == 0) {
			if (take_step(&p, depth, SPAN(""), true, &next))
				return true;
		}
		if (opens && depth > 0) {
			p.ways[depth + 1] = next;
			if (next == 0 || depth + 1 == DEPTH_MAX)
				json_skip_rest(&j);
		}
	}
	return false;
}
