#include "diff_search.h"

#include <stdlib.h>

#include "base/mem.h"

/* No point of this diagonal can be reached. Both leave room for one step further. */
#define NOT_FORWARD  (INT32_MIN / 2)
#define NOT_BACKWARD (INT32_MAX / 2 + 1)

/* Anchors are looked for in so many lines for each line that there is. */
#define ANCHOR_ROUNDS 4
/* So many edits that they cost at least may each anchor bring; more, and they are of something that
 * was moved far away. */
#define ANCHOR_DETOUR 8

struct point {
	int32_t x, y; /* so many of `ran` and of `now` are behind us */
};

/* ran[x0] ... ran[x1 - 1] against now[y0] ... now[y1 - 1]. */
struct box {
	int32_t x0, x1, y0, y1;
};

/* Where a symbol stands in the box at hand. */
struct place {
	int32_t ran, now; /* or one of: */
};
#define NOWHERE (-1)
#define MANY    (-2)

/* A symbol that stands once in either part. */
struct anchor {
	struct point at;
	int32_t before; /* the anchor before it in the longest chain that ends here, or -1 */
};

struct search {
	struct diff_side *ran, *now;
	int32_t reach;
	int32_t *forward, *backward; /* the furthest x on each diagonal, see step_forward() */
	struct box *boxes;           /* what is left to do */
	size_t box_count, box_cap;
	struct place *places; /* of every symbol; NULL: a box out of reach ends the search */
	int64_t anchor_budget;
};

static void
push_box(struct search *s, struct box b)
{
	s->boxes = mem_grow(s->boxes, s->box_count, &s->box_cap, sizeof *s->boxes);
	s->boxes[s->box_count++] = b;
}

/* ---- the middle of a box */

/* The first of the diagonals -d, -d + 2 ... that is not below -most; with the signs turned, the last. */
static int32_t
first_diagonal(int32_t d, int32_t most)
{
	return d <= most ? -d : -most + ((d - most) & 1);
}

/*
 * Goes one edit further from the start. A diagonal k holds the points with x - y = k, counted from the
 * start of the box; v[k] is the furthest x on it that d edits can reach. Points that other points of as
 * many edits leave behind them at the box's edge are given up. True: the ways from both ends have met,
 * at `met`.
 */
static bool
step_forward(struct search *s, const struct box *b, int32_t d, struct point *met)
{
	const uint64_t *ran = s->ran->at + b->x0, *now = s->now->at + b->y0;
	int32_t n = b->x1 - b->x0, m = b->y1 - b->y0, delta = n - m;
	int32_t *v = s->forward + s->reach + 1;
	const int32_t *w = s->backward + s->reach + 1;
	bool may_meet = (delta & 1) != 0;

	v[-d - 1] = v[d + 1] = NOT_FORWARD;
	for (int32_t k = first_diagonal(d, m), last = -first_diagonal(d, n); k <= last; k += 2) {
		int32_t x = v[k - 1] + 1 > v[k + 1] ? v[k - 1] + 1 : v[k + 1], y = x - k;

		if (x < 0 || x > n || y > m) {
			v[k] = NOT_FORWARD;
			continue;
		}
		while (x < n && y < m && ran[x] == now[y]) {
			x++;
			y++;
		}
		v[k] = x;
		if (may_meet && k - delta > -d && k - delta < d && w[k - delta] <= x) {
			*met = (struct point){ b->x0 + x, b->y0 + y };
			return true;
		}
	}
	return false;
}

/* The same from the end, where w[delta] is its diagonal and the furthest x is the least. */
static bool
step_backward(struct search *s, const struct box *b, int32_t d, struct point *met)
{
	const uint64_t *ran = s->ran->at + b->x0, *now = s->now->at + b->y0;
	int32_t n = b->x1 - b->x0, m = b->y1 - b->y0, delta = n - m;
	const int32_t *v = s->forward + s->reach + 1;
	int32_t *w = s->backward + s->reach + 1;
	bool may_meet = (delta & 1) == 0;

	w[-d - 1] = w[d + 1] = NOT_BACKWARD;
	for (int32_t k = first_diagonal(d, n), last = -first_diagonal(d, m); k <= last; k += 2) {
		int32_t x = w[k + 1] - 1 < w[k - 1] ? w[k + 1] - 1 : w[k - 1], y = x - k - delta;

		if (x < 0 || x > n || y < 0) {
			w[k] = NOT_BACKWARD;
			continue;
		}
		while (x > 0 && y > 0 && ran[x - 1] == now[y - 1]) {
			x--;
			y--;
		}
		w[k] = x;
		if (may_meet && k + delta >= -d && k + delta <= d && v[k + delta] >= x) {
			*met = (struct point){ b->x0 + x, b->y0 + y };
			return true;
		}
	}
	return false;
}

/* Where a box whose first and last symbols differ is best cut in two. False: it is out of reach. */
static bool
find_middle(struct search *s, const struct box *b, struct point *middle)
{
	s->forward[s->reach + 1] = 0;
	s->backward[s->reach + 1] = b->x1 - b->x0;
	for (int32_t d = 1; d <= s->reach; d++) {
		if (step_forward(s, b, d, middle) || step_backward(s, b, d, middle))
			return true;
	}
	return false;
}

/* After a search out of reach: the place where the most symbols are behind it, or before it. */
static struct point
furthest(const struct search *s, const struct box *b)
{
	int32_t n = b->x1 - b->x0, m = b->y1 - b->y0, delta = n - m, d = s->reach;
	const int32_t *v = s->forward + s->reach + 1, *w = s->backward + s->reach + 1;
	struct point best = { 0, 0 };
	int32_t most = 0;

	for (int32_t k = first_diagonal(d, m), last = -first_diagonal(d, n); k <= last; k += 2) {
		if (v[k] >= 0 && 2 * v[k] - k > most) {
			most = 2 * v[k] - k;
			best = (struct point){ b->x0 + v[k], b->y0 + v[k] - k };
		}
	}
	for (int32_t k = first_diagonal(d, n), last = -first_diagonal(d, m); k <= last; k += 2) {
		if (w[k] <= n && n + m - (2 * w[k] - k - delta) > most) {
			most = n + m - (2 * w[k] - k - delta);
			best = (struct point){ b->x0 + w[k], b->y0 + w[k] - k - delta };
		}
	}
	return best;
}

/* ---- anchors */

static void
forget_places(struct search *s, const struct box *b)
{
	for (int32_t x = b->x0; x < b->x1; x++)
		s->places[s->ran->at[x]] = (struct place){ NOWHERE, NOWHERE };
	for (int32_t y = b->y0; y < b->y1; y++)
		s->places[s->now->at[y]] = (struct place){ NOWHERE, NOWHERE };
}

static void
note(int32_t *place, int32_t at)
{
	*place = *place == NOWHERE ? at : MANY;
}

/* The symbols that stand once in both parts, in the order of `now`; the caller's to free(). */
static struct anchor *
collect_anchors(struct search *s, const struct box *b, int32_t *count)
{
	struct anchor *anchors = NULL;
	size_t used = 0, cap = 0;

	for (int32_t x = b->x0; x < b->x1; x++)
		note(&s->places[s->ran->at[x]].ran, x);
	for (int32_t y = b->y0; y < b->y1; y++)
		note(&s->places[s->now->at[y]].now, y);
	for (int32_t y = b->y0; y < b->y1; y++) {
		struct place place = s->places[s->now->at[y]];

		if (place.now != y || place.ran < 0)
			continue;
		anchors = mem_grow(anchors, used, &cap, sizeof *anchors);
		anchors[used++] = (struct anchor){
			{place.ran, y},
                        -1
		};
	}
	forget_places(s, b);
	*count = (int32_t)used;
	return anchors;
}

/* Chains the most anchors that rise in both parts; returns the last one of them and their number. */
static int32_t
chain_anchors(struct anchor *anchors, int32_t count, int32_t *length)
{
	/* ends[i]: of the chains of i + 1 anchors, the end of the one that ends first in `ran`. */
	int32_t *ends = mem_alloc((size_t)count, sizeof *ends), last;

	*length = 0;
	for (int32_t i = 0; i < count; i++) {
		int32_t low = 0, high = *length;

		while (low < high) {
			int32_t middle = low + (high - low) / 2;

			if (anchors[ends[middle]].at.x < anchors[i].at.x)
				low = middle + 1;
			else
				high = middle;
		}
		anchors[i].before = low == 0 ? -1 : ends[low - 1];
		ends[low] = i;
		if (low == *length)
			(*length)++;
	}
	last = *length == 0 ? -1 : ends[*length - 1];
	free(ends);
	return last;
}

/* At least so many edits it takes from point to point through the chain, more than without it. */
static int64_t
detour(const struct box *b, const struct anchor *anchors, int32_t last)
{
	int32_t at = b->x1 - b->y1;
	int64_t edits = -labs((long)(at - (b->x0 - b->y0)));

	for (int32_t i = last; i >= 0; i = anchors[i].before) {
		edits += labs((long)(at - (anchors[i].at.x - anchors[i].at.y)));
		at = anchors[i].at.x - anchors[i].at.y;
	}
	return edits + labs((long)(at - (b->x0 - b->y0)));
}

/* Cuts a box at its anchors, from the last to the first. False if there are none to trust. */
static bool
cut_at_anchors(struct search *s, const struct box *b)
{
	struct box rest = *b;
	struct anchor *anchors;
	int32_t count, length, last;
	bool good;

	s->anchor_budget -= (int64_t)(b->x1 - b->x0) + (b->y1 - b->y0);
	if (s->anchor_budget < 0)
		return false;
	anchors = collect_anchors(s, b, &count);
	last = chain_anchors(anchors, count, &length);
	good = length > 0 && detour(b, anchors, last) <= (int64_t)length * ANCHOR_DETOUR;
	for (int32_t i = last; good && i >= 0; i = anchors[i].before) {
		struct point at = anchors[i].at;

		push_box(s, (struct box){ at.x + 1, rest.x1, at.y + 1, rest.y1 });
		rest.x1 = at.x;
		rest.y1 = at.y;
	}
	if (good)
		push_box(s, rest);
	free(anchors);
	return good;
}

/* ---- box after box */

/* Takes off what both parts begin and end with. */
static void
strip_box(const struct search *s, struct box *b)
{
	const uint64_t *ran = s->ran->at, *now = s->now->at;

	while (b->x0 < b->x1 && b->y0 < b->y1 && ran[b->x0] == now[b->y0]) {
		b->x0++;
		b->y0++;
	}
	while (b->x0 < b->x1 && b->y0 < b->y1 && ran[b->x1 - 1] == now[b->y1 - 1]) {
		b->x1--;
		b->y1--;
	}
}

static void
mark_box(struct search *s, const struct box *b)
{
	for (int32_t x = b->x0; x < b->x1; x++)
		s->ran->changed[x] = true;
	for (int32_t y = b->y0; y < b->y1; y++)
		s->now->changed[y] = true;
}

static int64_t
box_size(struct box b)
{
	return (int64_t)(b.x1 - b.x0) + (b.y1 - b.y0);
}

/* The smaller half is done first, so that few boxes wait. */
static void
cut_at(struct search *s, const struct box *b, struct point at)
{
	struct box first = { b->x0, at.x, b->y0, at.y }, second = { at.x, b->x1, at.y, b->y1 };

	if (box_size(first) < box_size(second)) {
		push_box(s, second);
		push_box(s, first);
	} else {
		push_box(s, first);
		push_box(s, second);
	}
}

/* False: out of reach, and nothing is to be done about it. */
static bool
search_box(struct search *s, struct box b)
{
	struct point middle;

	strip_box(s, &b);
	if (b.x0 == b.x1 || b.y0 == b.y1) {
		mark_box(s, &b);
		return true;
	}
	if (!find_middle(s, &b, &middle)) {
		if (s->places == NULL)
			return false;
		if (cut_at_anchors(s, &b))
			return true;
		middle = furthest(s, &b);
	}
	cut_at(s, &b, middle);
	return true;
}

bool
diff_search(struct diff_side *ran, struct diff_side *now, int32_t reach, size_t symbols)
{
	struct search s = { .ran = ran, .now = now, .reach = reach };
	size_t diagonals = 2 * (size_t)reach + 3;
	bool done = true;

	s.forward = mem_resize(NULL, 2 * diagonals, sizeof *s.forward);
	s.backward = s.forward + diagonals;
	s.anchor_budget = ((int64_t)ran->count + now->count) * ANCHOR_ROUNDS;
	if (symbols > 0)
		s.places = mem_resize(NULL, symbols, sizeof *s.places);
	for (size_t i = 0; i < symbols; i++)
		s.places[i] = (struct place){ NOWHERE, NOWHERE };
	push_box(&s, (struct box){ 0, ran->count, 0, now->count });
	while (done && s.box_count > 0)
		done = search_box(&s, s.boxes[--s.box_count]);
	free(s.forward);
	free(s.places);
	free(s.boxes);
	return done;
}
