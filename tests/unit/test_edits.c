/*
 * Random texts, random runs, random edits. Whatever way a text has come to be what it is:
 *
 *   - a line is only ever covered or missed if it is a line of the text that ran, and that one stood so; the
 *     lines that are known have the order that they had. So it is after each edit, read or not, Python or not;
 *   - once it has been read, the view is what a diff of the text that ran with this one makes it, if this
 *     one is Python.
 */
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "coverage/subject.h"
#include "support/test.h"
#include "text/line_diff.h"

#define SEEDS     400
#define LINES_MAX 400u

static const char source[] = "/covls/no/such/a.py";

/* ---- chance */

static uint64_t chance;

static uint32_t
roll(uint32_t sides)
{
	chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)(chance >> 33) % sides;
}

/* ---- texts */

/* What is there once: with `unique` each line that is code has a number of its own. */
struct maker {
	bool unique;
	uint32_t fresh;
};

static void
add_code(struct maker *m, struct buf *out, const char *indent, const char *code)
{
	buf_addf(out, "%s%s", indent, code);
	if (m->unique)
		buf_addf(out, "  # %u", m->fresh++);
	buf_add_char(out, '\n');
}

/* Some lines that can stand anywhere between statements of the outermost level. */
static void
add_lines(struct maker *m, struct buf *out)
{
	static const char *const simple[] = { "a = 1", "b = a", "pass", "f()" };

	switch (roll(7)) {
	case 0:
		add_code(m, out, "", "if a:");
		add_code(m, out, "    ", simple[roll(4)]);
		if (roll(2) == 0) {
			add_code(m, out, "", "else:");
			add_code(m, out, "    ", simple[roll(4)]);
		}
		break;
	case 1:
		add_code(m, out, "", "a = (");
		add_code(m, out, "    ", "1 +");
		add_code(m, out, "    ", "2)");
		break;
	case 2:
		add_code(m, out, "", "def f(x=1):");
		add_code(m, out, "    ", "while x:");
		add_code(m, out, "        ", simple[roll(4)]);
		add_code(m, out, "    ", "return x");
		break;
	case 3:
		if (m->unique)
			add_code(m, out, "", "# why");
		else
			buf_add_text(out, roll(2) == 0 ? "\n" : "# why\n");
		break;
	default:
		add_code(m, out, "", simple[roll(4)]);
		break;
	}
}

/* A text as its lines, without their ends. */
struct rows {
	struct span at[LINES_MAX];
	uint32_t count;
};

static void
split(struct rows *rows, struct span text)
{
	rows->count = 0;
	while (rows->count < LINES_MAX && doc_text_take_line(&text, &rows->at[rows->count]))
		rows->count++;
}

/* ---- subjects */

static void
set_up(struct subject *s, struct span ran_text, const struct line_set *ran)
{
	struct search_item item = { .status = STATUS_OK };
	struct ran_text found = { .origin = RAN_DISK };

	item.source = mem_copy(source);
	item.data_path = mem_copy("/data/.coverage");
	item.data.answer = DATA_RAN;
	for (uint32_t n = 1; n <= LINES_MAX; n++) {
		if (line_set_has(ran, n))
			line_set_add(&item.data.ran, n);
	}
	buf_add(&found.text, ran_text);
	ran_lines_take(&item.ran, &found);
	*s = (struct subject){ .path = mem_copy(source), .is_python = true };
	subject_read_text(s, ran_text);
	subject_take(s, &item, ran_text);
	subject_refresh(s);
	search_item_free(&item);
}

static char
letter(const struct view *view, uint32_t line)
{
	enum line_state state = view_state(view, line);

	return state == LINE_NONE ? '.' : line_state_name(state)[0];
}

struct trial {
	struct maker maker;
	struct buf ran_text;
	struct rows ran;
	char stood[LINES_MAX + 1]; /* each line of the text that ran */
	struct line_set lines;     /* that ran */
	struct doc_text text;
	struct subject subject;
	struct buf undo[8]; /* texts that were there */
	uint32_t undo_count;
	uint32_t seed, step;
};

static void
show(const char *what, const struct rows *rows, const struct view *view)
{
	print_message("%s:\n", what);
	for (uint32_t n = 1; n <= rows->count; n++)
		print_message("%4u %c %.*s\n", n, letter(view, n), (int)rows->at[n - 1].len,
			      rows->at[n - 1].at);
}

/* No line that is known may stand otherwise than one that it can be. */
static void
assert_honest(struct trial *t)
{
	struct rows now;
	uint32_t at = 0;

	split(&now, doc_text_span(&t->text));
	for (uint32_t n = 1; n <= now.count; n++) {
		char is = letter(&t->subject.view, n);

		if (is != 'c' && is != 'm')
			continue;
		while (at < t->ran.count &&
		       !(t->stood[at] == is && span_equal(t->ran.at[at], now.at[n - 1])))
			at++;
		if (at++ == t->ran.count) {
			show("now", &now, &t->subject.view);
			fail_msg("seed %u, step %u: line %u is told to be '%c'", t->seed, t->step,
				 n, is);
		}
	}
	for (uint32_t n = now.count + 1; n < now.count + 9; n++)
		assert_int_equal(letter(&t->subject.view, n), '.');
}

static void
assert_same_view(struct trial *t, const struct view *fresh, const struct rows *now)
{
	const struct view_summary *a = &t->subject.view.summary, *b = &fresh->summary;

	for (uint32_t n = 1; n <= now->count; n++) {
		if (letter(&t->subject.view, n) == letter(fresh, n))
			continue;
		show("edited", now, &t->subject.view);
		show("compared", now, fresh);
		fail_msg("seed %u, step %u: line %u stands otherwise", t->seed, t->step, n);
	}
	assert_memory_equal(a, b, sizeof *a);
}

/* ---- edits */

static size_t
offset_of(struct trial *t, uint32_t line)
{
	return doc_text_offset(&t->text, (struct doc_position){ line, 0 }, TEXT_UTF8);
}

static void
replace(struct trial *t, size_t from, size_t to, struct span with)
{
	struct doc_change change = doc_text_replace(&t->text, from, to, with);

	subject_edited(&t->subject, &change);
}

static void
replace_all(struct trial *t, struct span with)
{
	struct buf copy = { 0 };
	struct doc_change change;

	buf_add(&copy, with);
	change = doc_text_set_compared(&t->text, &copy);
	subject_edited(&t->subject, &change);
}

static void
keep_for_undo(struct trial *t)
{
	struct buf *kept = &t->undo[t->undo_count++ % 8];

	buf_reset(kept);
	buf_add(kept, doc_text_span(&t->text));
}

/* A line, most often one at which a statement begins that lies in no other. */
static uint32_t
some_line(struct trial *t)
{
	uint32_t line = 0;

	for (int i = 0; i < 6; i++) {
		struct span text;

		line = roll(doc_text_lines(&t->text));
		text = doc_text_line(&t->text, line);
		if (text.len > 0 && *text.at != ' ' && *text.at != 'e')
			break;
	}
	return line;
}

static void
insert(struct trial *t)
{
	uint32_t line = some_line(t);
	struct buf new = { 0 };

	for (uint32_t count = 1 + roll(2); count > 0; count--)
		add_lines(&t->maker, &new);
	replace(t, offset_of(t, line), offset_of(t, line), buf_span(&new));
	buf_free(&new);
}

static void delete (struct trial *t)
{
	uint32_t line = some_line(t);

	replace(t, offset_of(t, line), offset_of(t, line + 1 + roll(3)), SPAN(""));
}

/* Lines give way to others. */
static void
exchange(struct trial *t)
{
	uint32_t line = some_line(t);
	struct buf new = { 0 };

	add_lines(&t->maker, &new);
	replace(t, offset_of(t, line), offset_of(t, line + 1 + roll(4)), buf_span(&new));
	buf_free(&new);
}

/* A few characters, anywhere: most often it is Python no more. */
static void
type(struct trial *t)
{
	static const char *const typed[] = { "x", "(", ")", " ", "\n", "\"", "#", "\r\n" };
	size_t len = doc_text_span(&t->text).len, at = len == 0 ? 0 : roll((uint32_t)len);
	size_t end = at + roll(3);

	replace(t, at, end > len ? len : end, span_of(typed[roll(8)]));
}

static void
move(struct trial *t)
{
	uint32_t line = some_line(t);
	size_t from = offset_of(t, line), to = offset_of(t, line + 1 + roll(4));
	struct buf block = { 0 };

	buf_add(&block, span_cut(doc_text_span(&t->text), from, to));
	replace(t, from, to, SPAN(""));
	line = some_line(t);
	replace(t, offset_of(t, line), offset_of(t, line), buf_span(&block));
	buf_free(&block);
}

/* All line ends in one way or the other. */
static void
change_line_ends(struct trial *t)
{
	const char *end = roll(2) == 0 ? "\r\n" : "\n";
	struct rows now;
	struct buf all = { 0 };

	split(&now, doc_text_span(&t->text));
	for (uint32_t i = 0; i < now.count; i++) {
		buf_add(&all, now.at[i]);
		if (i + 1 < now.count)
			buf_add_text(&all, end);
	}
	replace_all(t, buf_span(&all));
	buf_free(&all);
}

static void
undo(struct trial *t)
{
	if (roll(3) == 0)
		replace_all(t, buf_span(&t->ran_text));
	else if (t->undo_count > 0)
		replace_all(t, buf_span(&t->undo[roll(t->undo_count < 8 ? t->undo_count : 8)]));
}

static void
edit(struct trial *t)
{
	static void (*const kinds[])(struct trial *) = {
		insert, delete, exchange, type, move, change_line_ends, undo, insert
	};

	if (t->subject.understood && roll(3) == 0)
		keep_for_undo(t);
	if (doc_text_lines(&t->text) > LINES_MAX / 2)
		delete (t);
	else
		kinds[roll(8)](t);
}

/* ---- trials */

static void
begin(struct trial *t, uint32_t seed)
{
	struct buf copy = { 0 };

	*t = (struct trial){ .seed = seed, .maker = { .unique = seed % 2 == 0 } };
	chance = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	for (uint32_t count = 3 + roll(20); count > 0; count--)
		add_lines(&t->maker, &t->ran_text);
	split(&t->ran, buf_span(&t->ran_text));
	for (uint32_t n = 1; n < t->ran.count; n++) {
		if (roll(2) == 0)
			line_set_add(&t->lines, n);
	}
	buf_add(&copy, buf_span(&t->ran_text));
	doc_text_set(&t->text, &copy);
	set_up(&t->subject, buf_span(&t->ran_text), &t->lines);
	assert_int_equal(t->subject.freshness, FRESHNESS_FRESH);
	assert_int_equal(t->subject.view.summary.unknown, 0);
	for (uint32_t n = 1; n <= t->ran.count; n++)
		t->stood[n - 1] = letter(&t->subject.view, n);
}

static void
end(struct trial *t)
{
	for (size_t i = 0; i < 8; i++)
		buf_free(&t->undo[i]);
	buf_free(&t->ran_text);
	line_set_free(&t->lines);
	doc_text_free(&t->text);
	subject_free(&t->subject);
}

/* Holds the view against one that is made of the first and the last text alone. Gives whether it was
 * Python. */
static bool
compare(struct trial *t)
{
	struct span text = doc_text_span(&t->text);
	struct py_options options = { .want = PY_WANT_ARCS | PY_WANT_REGIONS };
	struct line_hashes ran = { 0 }, now = { 0 };
	struct py_lines lines = { 0 };
	struct line_map map = { 0 };
	struct view_parts parts = { .lines = &lines, .data = &t->subject.data, .map = &map };
	struct view view = { 0 };
	struct rows rows;
	bool understood;

	split(&rows, text);
	line_hashes_add_text(&ran, buf_span(&t->ran_text));
	line_hashes_add_text(&now, text);
	line_diff(&ran, &now, &map);
	understood = py_lines_read(&lines, text, &options, NULL) == STATUS_OK;
	/* In the middle of being typed, it is what was there before that is known. */
	if (understood) {
		view_build(&view, &parts);
		assert_same_view(t, &view, &rows);
	}
	assert_int_equal(t->subject.freshness == FRESHNESS_FRESH, line_map_is_whole(&map));
	line_hashes_free(&ran);
	line_hashes_free(&now);
	line_map_free(&map);
	py_lines_free(&lines);
	view_free(&view);
	return understood;
}

static void
random_edits_never_lie_and_leave_what_a_diff_leaves(void **state)
{
	uint32_t compared = 0, python = 0;

	(void)state;
	for (uint32_t seed = 0; seed < SEEDS; seed++) {
		struct trial t;

		begin(&t, seed);
		for (t.step = 0; t.step < 24; t.step++) {
			edit(&t);
			assert_honest(&t);
			if (roll(3) == 0)
				continue; /* the next key comes before the text has been read */
			subject_read_text(&t.subject, doc_text_span(&t.text));
			subject_refresh(&t.subject);
			assert_honest(&t);
			python += compare(&t);
			compared++;
		}
		end(&t);
	}
	/* Neither is a matter of chance with these seeds. */
	assert_true(compared > SEEDS * 12);
	assert_true(python > compared / 3);
	print_message("%u texts compared, %u of them Python\n", compared, python);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_edits_never_lie_and_leave_what_a_diff_leaves),
	};

	return cmocka_run_group_tests_name("edits", tests, NULL, NULL);
}
