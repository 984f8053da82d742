#include "text/line_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define WORD_BITS  64u
#define WORDS_MOST (LINE_SET_MAX / WORD_BITS + 1)

/* The bits of a word from `bit` up, and those up to and including `bit`. */
static uint64_t
bits_from(uint32_t bit)
{
	return UINT64_MAX << bit;
}

static uint64_t
bits_to(uint32_t bit)
{
	return UINT64_MAX >> (WORD_BITS - 1 - bit);
}

/* Makes words[0 ... count-1] be there. What is allocated beyond set->count is always 0. */
static void
hold_words(struct line_set *set, size_t count)
{
	size_t cap = set->cap + set->cap / 2;

	if (count > set->cap) {
		if (cap < count)
			cap = count;
		if (cap > WORDS_MOST)
			cap = WORDS_MOST;
		set->words = mem_resize(set->words, cap, sizeof *set->words);
		memset(set->words + set->cap, 0, (cap - set->cap) * sizeof *set->words);
		set->cap = cap;
	}
	if (count > set->count)
		set->count = count;
}

void
line_set_add(struct line_set *set, uint32_t line)
{
	if (line == 0 || line > LINE_SET_MAX)
		return;
	if (line / WORD_BITS >= set->count)
		hold_words(set, line / WORD_BITS + 1);
	set->words[line / WORD_BITS] |= UINT64_C(1) << line % WORD_BITS;
}

void
line_set_add_range(struct line_set *set, uint32_t first, uint32_t last)
{
	size_t at, end;

	if (first == 0)
		first = 1;
	if (last > LINE_SET_MAX)
		last = LINE_SET_MAX;
	if (last < first)
		return;
	at = first / WORD_BITS;
	end = last / WORD_BITS;
	hold_words(set, end + 1);
	if (at == end) {
		set->words[at] |= bits_from(first % WORD_BITS) & bits_to(last % WORD_BITS);
		return;
	}
	set->words[at] |= bits_from(first % WORD_BITS);
	while (++at < end)
		set->words[at] = UINT64_MAX;
	set->words[end] |= bits_to(last % WORD_BITS);
}

void
line_set_unite(struct line_set *set, const struct line_set *other)
{
	hold_words(set, other->count);
	for (size_t i = 0; i < other->count; i++)
		set->words[i] |= other->words[i];
}

bool
line_set_has(const struct line_set *set, uint32_t line)
{
	size_t at = line / WORD_BITS;

	return at < set->count && (set->words[at] >> line % WORD_BITS & 1) != 0;
}

bool
line_set_has_any(const struct line_set *set, uint32_t first, uint32_t last)
{
	size_t at, end = last / WORD_BITS;
	uint64_t word;

	first = first == 0 ? 1 : first;
	at = first / WORD_BITS;
	if (last < first || at >= set->count)
		return false;
	word = set->words[at] & bits_from(first % WORD_BITS);
	for (; at < end; word = set->words[at]) {
		if (word != 0)
			return true;
		if (++at == set->count)
			return false;
	}
	return (word & bits_to(last % WORD_BITS)) != 0;
}

uint32_t
line_set_next(const struct line_set *set, uint32_t after)
{
	size_t at = after / WORD_BITS;
	uint64_t ahead; /* what is left of the word, above `after` */

	if (at >= set->count)
		return LINE_SET_END;
	ahead = set->words[at] & ~bits_to(after % WORD_BITS);
	while (ahead == 0) {
		if (++at == set->count)
			return LINE_SET_END;
		ahead = set->words[at];
	}
	return (uint32_t)(at * WORD_BITS) + (uint32_t)__builtin_ctzll(ahead);
}

uint32_t
line_set_count(const struct line_set *set)
{
	uint32_t count = 0;

	for (size_t i = 0; i < set->count; i++)
		count += (uint32_t)__builtin_popcountll(set->words[i]);
	return count;
}

bool
line_set_equal(const struct line_set *a, const struct line_set *b)
{
	return a->count == b->count &&
	       (a->count == 0 || memcmp(a->words, b->words, a->count * sizeof *a->words) == 0);
}

void
line_set_clear(struct line_set *set)
{
	if (set->count > 0)
		memset(set->words, 0, set->count * sizeof *set->words);
	set->count = 0;
}

void
line_set_free(struct line_set *set)
{
	free(set->words);
	*set = (struct line_set){ 0 };
}
