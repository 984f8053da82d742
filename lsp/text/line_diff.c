#include "text/line_diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "diff_search.h"

/* So many edits from either end are looked for at once: an edited text seldom has more. */
#define REACH_QUICK 64
/* The bounds of a search that is taken further. Two texts of LINE_DIFF_EXACT lines cannot differ by
 * more edits than that, and half of them are enough to meet in the middle. */
#define REACH_MIN 64
#define REACH_MAX (LINE_DIFF_EXACT / 2)
/* Lines times reach: what a search of texts of any size may cost, but for the least reach. */
#define REACH_WORK (1 << 23)

/* Looking a line up takes two steps on average, and this many only if somebody chose the lines for it. */
#define STEPS_A_LINE 16

/* ---- lines that only one of the texts has */

/* Numbers the lines of one text, the same ones alike. */
struct numbering {
	uint32_t *slots; /* 1 + the number of a line; 0 is free */
	unsigned bits;   /* there are 1 << bits slots, twice as many as lines or more */
	uint64_t *lines; /* by number */
	uint32_t count;
	size_t steps_left;
};

#define NO_NUMBER UINT32_MAX

static void
begin_numbering(struct numbering *n, size_t lines)
{
	n->bits = 4;
	while (((size_t)1 << n->bits) < 2 * lines)
		n->bits++;
	n->slots = mem_alloc((size_t)1 << n->bits, sizeof *n->slots);
	n->lines = mem_resize(NULL, lines, sizeof *n->lines);
}

/* The slot where a line is, or where it would be; NULL if too much has been sought already. */
static uint32_t *
find_slot(struct numbering *n, uint64_t line)
{
	size_t at = (size_t)(line * UINT64_C(0x9e3779b97f4a7c15) >> (64 - n->bits));

	for (; n->steps_left > 0; n->steps_left--) {
		if (n->slots[at] == 0 || n->lines[n->slots[at] - 1] == line)
			return &n->slots[at];
		at = (at + 1) & (((size_t)1 << n->bits) - 1);
	}
	return NULL;
}

static uint32_t
number_line(struct numbering *n, uint64_t line)
{
	uint32_t *slot = find_slot(n, line);

	if (slot == NULL)
		return NO_NUMBER;
	if (*slot == 0) {
		n->lines[n->count] = line;
		*slot = ++n->count;
	}
	return *slot - 1;
}

static uint32_t
find_number(struct numbering *n, uint64_t line)
{
	uint32_t *slot = find_slot(n, line);

	return slot == NULL || *slot == 0 ? NO_NUMBER : *slot - 1;
}

/* The lines of a text that are sought in the other one, and which lines they are. */
struct kept {
	uint64_t *at;
	uint32_t *line;
	bool *changed;
	int32_t count;
};

static bool
is_blank(uint64_t line)
{
	return line_hash_indent(line) == LINE_HASH_BLANK;
}

static void
keep(struct kept *k, uint64_t symbol, uint32_t line)
{
	k->at[k->count] = symbol;
	k->line[k->count++] = line;
}

static void
keep_written(struct kept *k, const struct diff_side *side)
{
	k->at = mem_resize(NULL, (size_t)side->count, sizeof *k->at);
	k->line = mem_resize(NULL, (size_t)side->count, sizeof *k->line);
	k->changed = mem_resize(NULL, (size_t)side->count, sizeof *k->changed);
	for (int32_t i = 0; i < side->count; i++) {
		if (!is_blank(side->at[i]))
			keep(k, side->at[i], (uint32_t)i);
	}
}

static struct diff_side
side_of(struct kept *k)
{
	memset(k->changed, false, (size_t)k->count * sizeof *k->changed);
	return (struct diff_side){ k->at, k->count, k->changed };
}

/* Says of the whole text what was found of the lines that were kept; all others have changed. */
static void
spread_kept(struct kept *k, struct diff_side *side)
{
	memset(side->changed, true, (size_t)side->count);
	for (int32_t i = 0; i < k->count; i++)
		side->changed[k->line[i]] = k->changed[i];
	free(k->at);
	free(k->line);
	free(k->changed);
}

/* Keeps only what both texts have, as numbers. Returns how many there are. */
static uint32_t
keep_common(struct kept *a, struct kept *b)
{
	struct numbering n = { .steps_left = ((size_t)a->count + (size_t)b->count) * STEPS_A_LINE };
	int32_t count = a->count;
	bool *in_both;

	begin_numbering(&n, (size_t)count);
	a->count = 0;
	for (int32_t i = 0; i < count; i++) {
		uint32_t number = number_line(&n, a->at[i]);

		if (number != NO_NUMBER)
			keep(a, number, a->line[i]);
	}
	in_both = mem_alloc(n.count, sizeof *in_both);
	count = b->count;
	b->count = 0;
	for (int32_t i = 0; i < count; i++) {
		uint32_t number = find_number(&n, b->at[i]);

		if (number == NO_NUMBER)
			continue;
		in_both[number] = true;
		keep(b, number, b->line[i]);
	}
	count = a->count;
	a->count = 0;
	for (int32_t i = 0; i < count; i++) {
		if (in_both[a->at[i]])
			keep(a, a->at[i], a->line[i]);
	}
	free(in_both);
	free(n.slots);
	free(n.lines);
	return n.count;
}

static int32_t
reach_for(int64_t lines)
{
	int64_t reach = lines == 0 ? REACH_MAX : REACH_WORK / lines;

	if (reach > REACH_MAX)
		return REACH_MAX;
	return reach < REACH_MIN ? REACH_MIN : (int32_t)reach;
}

static void
compare_kept(struct kept *a, struct kept *b)
{
	struct diff_side ran = side_of(a), now = side_of(b);
	uint32_t numbers;

	if (diff_search(&ran, &now, REACH_QUICK, 0))
		return;
	numbers = keep_common(a, b);
	ran = side_of(a);
	now = side_of(b);
	diff_search(&ran, &now, reach_for((int64_t)a->count + b->count), (size_t)numbers + 1);
}

static int32_t
end_of_changed(const struct diff_side *side, int32_t at)
{
	while (at < side->count && side->changed[at])
		at++;
	return at;
}

/* Of changed lines of both texts that stand between the same two lines: the blank ones that they begin and
 * end with alike have not changed. */
static void
join_blanks(struct diff_side *ran, int32_t i, int32_t to_i, struct diff_side *now, int32_t j,
	    int32_t to_j)
{
	for (; i < to_i && j < to_j && is_blank(ran->at[i]) && ran->at[i] == now->at[j]; i++, j++)
		ran->changed[i] = now->changed[j] = false;
	for (; i < to_i && j < to_j && is_blank(ran->at[to_i - 1]) &&
	       ran->at[to_i - 1] == now->at[to_j - 1];
	     to_i--, to_j--)
		ran->changed[to_i - 1] = now->changed[to_j - 1] = false;
}

static void
join_all_blanks(struct diff_side *ran, struct diff_side *now)
{
	for (int32_t i = 0, j = 0; i < ran->count && j < now->count; i++, j++) {
		int32_t to_i = end_of_changed(ran, i), to_j = end_of_changed(now, j);

		join_blanks(ran, i, to_i, now, j, to_j);
		i = to_i;
		j = to_j;
	}
}

/* All that both texts begin and end with is done with. A blank line is no reason to lose another: it goes
 * where its neighbours go. */
static void
compare_middle(struct diff_side *ran, struct diff_side *now)
{
	struct kept a = { 0 }, b = { 0 };

	keep_written(&a, ran);
	keep_written(&b, now);
	compare_kept(&a, &b);
	spread_kept(&a, ran);
	spread_kept(&b, now);
	join_all_blanks(ran, now);
}

/* A part of a side, which may be empty and have no memory. */
static struct diff_side
part_of(const struct diff_side *side, int32_t from, int32_t count)
{
	struct diff_side part = *side;

	part.count = count;
	if (from > 0) {
		part.at += from;
		part.changed += from;
	}
	return part;
}

static void
compare(const struct diff_side *ran, const struct diff_side *now)
{
	int32_t most = ran->count < now->count ? ran->count : now->count, head = 0, tail = 0;
	struct diff_side a, b;

	while (head < most && ran->at[head] == now->at[head])
		head++;
	while (tail < most - head &&
	       ran->at[ran->count - tail - 1] == now->at[now->count - tail - 1])
		tail++;
	a = part_of(ran, head, ran->count - head - tail);
	b = part_of(now, head, now->count - head - tail);
	compare_middle(&a, &b);
}

/* ---- which of the same lines */

/* How far the lines from ... to - 1 of `side`, changed with nothing beside them, could be moved: `up`
 * over at most `most` lines, `down` as long as `other` goes on from `at` with them. */
struct slack {
	int32_t up, down;
};

static struct slack
find_slack(const struct diff_side *side, int32_t from, int32_t to, int32_t most,
	   const struct diff_side *other, int32_t at)
{
	struct slack s = { 0, 0 };

	while (s.up < most && side->at[from - s.up - 1] == side->at[to - s.up - 1])
		s.up++;
	while (to + s.down < side->count && at + s.down < other->count &&
	       !side->changed[to + s.down] && !other->changed[at + s.down] &&
	       side->at[from + s.down] == side->at[to + s.down])
		s.down++;
	return s;
}

/* How well a line goes with being the first of something: the less, the better. */
static unsigned
cost_of_first(const struct diff_side *side, int32_t line)
{
	return line < side->count ? 2 * line_hash_indent(side->at[line]) : 0;
}

/* The same for changed lines from ... to - 1 and what follows them. Of the same cost, those that end
 * with an empty line are better. */
static unsigned
cost_of_place(const struct diff_side *side, int32_t from, int32_t to)
{
	return cost_of_first(side, from) + cost_of_first(side, to) +
	       (is_blank(side->at[to - 1]) ? 0 : 1);
}

/* Moves changed lines to where people would say that they are; returns how far down. */
static int32_t
slide(struct diff_side *side, int32_t from, int32_t to, struct slack slack)
{
	int32_t best = slack.down;
	unsigned least = cost_of_place(side, from + best, to + best), cost;

	for (int32_t by = slack.down - 1; by >= -slack.up; by--) {
		cost = cost_of_place(side, from + by, to + by);
		if (cost < least) {
			least = cost;
			best = by;
		}
	}
	if (best != 0) {
		memset(side->changed + from, false, (size_t)(to - from));
		memset(side->changed + from + best, true, (size_t)(to - from));
	}
	return best;
}

static void
slide_all(struct diff_side *ran, struct diff_side *now)
{
	int32_t i = 0, j = 0, common = 0;

	while (i < ran->count || j < now->count) {
		int32_t to_i = end_of_changed(ran, i), to_j = end_of_changed(now, j), by = 0;

		if (to_i == i && to_j == j) {
			i++;
			j++;
			common++;
			continue;
		}
		if (to_i == i)
			by = slide(now, j, to_j, find_slack(now, j, to_j, common, ran, i));
		else if (to_j == j)
			by = slide(ran, i, to_i, find_slack(ran, i, to_i, common, now, j));
		i = to_i + by;
		j = to_j + by;
		common = 0;
	}
}

/* ---- the map */

static uint32_t
lines_of(const struct line_hashes *h)
{
	return h->count < UINT32_MAX - 1 ? (uint32_t)h->count : UINT32_MAX - 1;
}

static struct diff_side
begin_side(const struct line_hashes *h)
{
	struct diff_side side = { .at = h->at };

	side.count = h->count < DIFF_MAX ? (int32_t)h->count : DIFF_MAX;
	side.changed = mem_alloc((size_t)side.count, sizeof *side.changed);
	return side;
}

static void
fill_map(struct line_map *map, const struct diff_side *ran, const struct diff_side *now)
{
	int32_t i = 0, from;

	for (int32_t j = 0; j < now->count;) {
		from = j;
		j = end_of_changed(now, j);
		line_map_append(map, (uint32_t)(j - from), LINE_MAP_NONE);
		i = end_of_changed(ran, i);
		from = j;
		while (j < now->count && !now->changed[j] && !ran->changed[i + (j - from)])
			j++;
		line_map_append(map, (uint32_t)(j - from), (uint32_t)i + 1);
		i += j - from;
	}
}

void
line_diff(const struct line_hashes *ran, const struct line_hashes *now, struct line_map *map)
{
	struct diff_side a = begin_side(ran), b = begin_side(now);

	compare(&a, &b);
	slide_all(&a, &b);
	line_map_begin(map, lines_of(ran));
	fill_map(map, &a, &b);
	line_map_append(map, lines_of(now) - map->lines, LINE_MAP_NONE);
	free(a.changed);
	free(b.changed);
}
