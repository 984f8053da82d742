#include "fits.h"

#include "python/pylines.h"
#include "text/doc_text.h"

/* What the data says, of whatever kind. */
struct said {
	struct line_set named; /* code, so far as it says what is */
	struct line_set ran;
	bool names_all; /* it speaks of lines that did not run, too: what isn't named, nothing is known of */
	bool in_order; /* all that ran is in it */
};

static void
add_arc_end(struct said *said, int32_t end)
{
	/* What is left by a negative end begins on that line; -1 is also the module. */
	line_set_add(&said->named, end < 0 ? 0u - (uint32_t)end : (uint32_t)end);
	if (end > 0)
		line_set_add(&said->ran, (uint32_t)end);
}

static void
gather(struct said *said, const struct data_query *data)
{
	const struct report *report = data->report;

	said->names_all = report != NULL;
	said->in_order = data->filter == NULL;
	for (size_t i = 0; report != NULL && i < report->line_count; i++) {
		line_set_add(&said->named, report->lines[i].line);
		if (report->lines[i].hits > 0)
			line_set_add(&said->ran, report->lines[i].line);
	}
	line_set_unite(&said->named, &data->ran);
	line_set_unite(&said->ran, &data->ran);
	for (size_t i = 0; i < data->arcs.count; i++) {
		add_arc_end(said, data->arcs.at[i].from);
		add_arc_end(said, data->arcs.at[i].to);
	}
}

static bool
set_misfit(struct misfit *why, enum misfit_kind kind, uint32_t line, uint32_t other)
{
	*why = (struct misfit){ kind, line, other };
	return false;
}

static uint32_t
last_of(const struct line_set *set)
{
	uint32_t high = (uint32_t)set->count * 64;

	while (high > 0 && !line_set_has(set, high))
		high--;
	return high;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_empty(struct span line)
{
	while (line.len > 0 && is_space(*line.at))
		span_skip(&line, 1);
	return line.len == 0;
}

/* Nothing behind the end; a text whose last line has an end may be taken to have an empty one more. */
static bool
ends_late_enough(const struct said *said, struct span text, struct misfit *why)
{
	uint32_t count = doc_text_count_lines(text), last = last_of(&said->named);

	if (last > count)
		return set_misfit(why, MISFIT_END, last, count);
	return true;
}

/* ---- other languages ---- */

static bool
opens_region(struct span line)
{
	while (line.len > 0 && is_space(line.at[line.len - 1]))
		line.len--;
	return line.len > 0 && line.at[line.len - 1] == '{';
}

static bool
closes_region(struct span line)
{
	while (line.len > 0 && is_space(*line.at))
		span_skip(&line, 1);
	return line.len > 0 && *line.at == '}';
}

/* An empty line in the middle of lines that are all named may be named, and so may those that a text begins
 * and ends with. A region may go from one brace to the other, whose lines are not named themselves (Go). */
static bool
fits_empty_lines(const struct said *said, struct span text, struct misfit *why)
{
	uint32_t n = 1, pending = 0; /* the first of the empty lines above that are named */
	bool any = false;            /* a line that isn't empty */
	bool named,
		before =
			true; /* ... the line above, which matters to empty ones, or it opens a region */
	struct span line;

	for (; doc_text_take_line(&text, &line); n++) {
		named = line_set_has(&said->named, n);
		if (!is_empty(line)) {
			if (pending != 0 && !named && !closes_region(line))
				return set_misfit(why, MISFIT_NO_CODE, pending, 0);
			pending = 0;
			any = true;
		} else if (named && any && !before) {
			return set_misfit(why, MISFIT_NO_CODE, n, 0);
		} else if (named && any && pending == 0) {
			pending = n;
		} else if (!named && pending != 0) {
			return set_misfit(why, MISFIT_NO_CODE, pending, 0);
		}
		before = named || opens_region(line);
	}
	return true;
}

/* ---- Python ---- */

/* A suite that is open. */
struct suite {
	uint32_t indent;
	uint32_t hole; /* the first of its statements that did not run; 0: there is none */
	bool entered;  /* one of them ran that holds no code of its own */
};

struct fitting {
	const struct said *said;
	const struct py_lines *lines;
	struct misfit *why;
	bool has_hidden; /* there may be a function called __annotate__, whose lines pylines.h leaves out */
	struct suite suites[PYLEX_INDENT_MAX + 1];
	size_t depth;
	uint32_t
		missed_head; /* of the suite that may come: it did not run; 0: it did, or is a def's */
};

/* How far in its text begins, which is taken off; as pylex.h has it. */
static uint32_t
take_indent(struct span *line)
{
	uint32_t indent = 0;

	if (span_starts(*line, SPAN("\xef\xbb\xbf")))
		span_skip(line, 3);
	for (; line->len > 0 && is_space(*line->at); span_skip(line, 1)) {
		if (*line->at == '\t')
			indent = (indent / 8 + 1) * 8;
		else
			indent++;
	}
	return indent;
}

static bool
begins_with(struct span line, const char *word)
{
	struct span w = span_of(word);
	char next;

	if (!span_starts(line, w))
		return false;
	if (line.len == w.len)
		return true;
	next = line.at[w.len];
	return !(next == '_' || (next >= '0' && next <= '9') || (next >= 'A' && next <= 'Z') ||
		 (next >= 'a' && next <= 'z') || (unsigned char)next >= 0x80);
}

/* What goes on in a compound statement above: whether it runs is not a matter of order. */
static bool
is_clause(struct span line)
{
	return begins_with(line, "elif") || begins_with(line, "else") ||
	       begins_with(line, "except") || begins_with(line, "finally") ||
	       begins_with(line, "case");
}

static bool
is_def(struct span line)
{
	return begins_with(line, "def") || begins_with(line, "async") ||
	       span_starts(line, SPAN("@"));
}

static bool
holds_word(struct span text, const char *word)
{
	size_t len = strlen(word);

	for (; text.len >= len; span_skip(&text, 1)) {
		if (memcmp(text.at, word, len) == 0)
			return true;
	}
	return false;
}

/* What python -O leaves out. */
static bool
may_be_left_out(struct span statement)
{
	return begins_with(statement, "assert") || holds_word(statement, "__debug__");
}

/* May there be code in it that runs by itself, whenever it is called? */
static bool
holds_code(struct span statement)
{
	return is_def(statement) || begins_with(statement, "class") ||
	       holds_word(statement, "lambda") || holds_word(statement, "for");
}

static struct suite *
enter_suite(struct fitting *f, uint32_t indent, bool *is_new)
{
	while (f->depth > 1 && f->suites[f->depth - 1].indent > indent)
		f->depth--;
	*is_new = f->depth == 0 || (f->suites[f->depth - 1].indent < indent &&
				    f->depth < sizeof f->suites / sizeof f->suites[0]);
	if (*is_new)
		f->suites[f->depth++] = (struct suite){ .indent = indent };
	return &f->suites[f->depth - 1];
}

/* The text from `at` up to the end of line `last`, of which `n` is the first. */
static struct span
take_lines(struct span at, uint32_t n, uint32_t last)
{
	struct span rest = at, line;

	for (; n <= last && doc_text_take_line(&rest, &line); n++)
		at.len = (size_t)(line.at + line.len - at.at);
	return at;
}

/* The statement that begins on line n, where `rest` of the text begins. */
static bool
take_statement(struct fitting *f, uint32_t n, struct span rest)
{
	uint32_t last = py_lines_last(f->lines, n);
	struct span statement = take_lines(rest, n, last);
	uint32_t indent = take_indent(&statement);
	bool ran = line_set_has_any(&f->said->ran, n, last), is_new, missed;
	struct suite *suite = enter_suite(f, indent, &is_new);

	missed = !ran && (!f->said->names_all || line_set_has_any(&f->said->named, n, last)) &&
		 (py_lines_flags(f->lines, n) & PY_STATEMENT) != 0 && !may_be_left_out(statement);
	if (is_new && f->missed_head != 0)
		suite->hole = f->missed_head;
	if (ran && suite->hole != 0 && (suite->entered || !holds_code(statement)))
		return set_misfit(f->why, MISFIT_ORDER, n, suite->hole);
	suite->entered = suite->entered || (ran && !holds_code(statement));
	f->missed_head = missed && !is_def(statement) ? n : 0;
	if (missed && suite->hole == 0 && !is_clause(statement))
		suite->hole = n;
	return true;
}

/* May line n, which the data names, be one that ran? `text` is what stands on it. */
static bool
has_code(const struct fitting *f, uint32_t n, struct span text)
{
	uint32_t first = py_lines_first(f->lines, n);
	unsigned wanted = PY_STATEMENT | PY_DOCSTRING;

	if (n == 1 ||
	    ((py_lines_flags(f->lines, n) | py_lines_flags(f->lines, first)) & wanted) != 0)
		return true;
	return f->has_hidden && (first != n || (text.len > 0 && *text.at != '#'));
}

static bool
fits_lines(struct fitting *f, struct span text)
{
	struct span rest = text, line;

	for (uint32_t n = 1; doc_text_take_line(&rest, &line); n++, text = rest) {
		struct span inner = line;

		take_indent(&inner);
		if (line_set_has(&f->said->named, n) && !has_code(f, n, inner))
			return set_misfit(f->why, MISFIT_NO_CODE, n, 0);
		if (f->said->in_order && inner.len > 0 && *inner.at != '#' &&
		    py_lines_first(f->lines, n) == n && !take_statement(f, n, text))
			return false;
	}
	return true;
}

/* As one version of Python has it. */
static bool
fits_version(const struct said *said, struct span text, unsigned minor, struct misfit *why)
{
	const struct line_set nothing = { 0 }; /* is excluded */
	const struct py_options options = { .minor = minor, .matched = &nothing };
	struct py_lines lines = { 0 };
	struct fitting f = {
		.said = said,
		.lines = &lines,
		.why = why,
		.has_hidden = holds_word(text, "__annotate__"),
	};
	bool fits = py_lines_read(&lines, text, &options, NULL) == STATUS_OK
			    ? fits_lines(&f, text)
			    : set_misfit(why, MISFIT_UNSURE, 0, 0);

	py_lines_free(&lines);
	return fits;
}

/* Which Python it was, nobody says; most often the newest will do. */
static bool
fits_python(const struct said *said, struct span text, struct misfit *why)
{
	*why = (struct misfit){ MISFIT_UNSURE, 0, 0 };
	for (unsigned minor = PYTHON_MINOR_MAX; minor >= PYTHON_MINOR_MIN; minor--) {
		struct misfit one = { MISFIT_NONE, 0, 0 };

		if (fits_version(said, text, minor, &one)) {
			*why = one;
			return true;
		}
		if (why->kind == MISFIT_UNSURE)
			*why = one;
	}
	return why->kind == MISFIT_UNSURE;
}

bool
fits_data(struct span text, bool is_python, const struct data_query *data, struct misfit *why)
{
	struct said said = { 0 };
	bool fits;

	*why = (struct misfit){ MISFIT_NONE, 0, 0 };
	if (data->tracer != NULL) {
		why->kind = MISFIT_UNSURE;
		return true;
	}
	gather(&said, data);
	fits = ends_late_enough(&said, text, why);
	if (fits && is_python)
		fits = fits_python(&said, text, why);
	else if (fits)
		fits = fits_empty_lines(&said, text, why);
	line_set_free(&said.named);
	line_set_free(&said.ran);
	return fits;
}

void
misfit_add_text(const struct misfit *why, struct buf *out)
{
	switch (why->kind) {
	case MISFIT_END:
		buf_addf(out, "the data speaks of line %u, and it has %u", why->line, why->other);
		break;
	case MISFIT_NO_CODE:
		buf_addf(out, "the data speaks of line %u, where it has no code", why->line);
		break;
	case MISFIT_ORDER:
		buf_addf(out, "by the data line %u ran without line %u, which comes before it",
			 why->line, why->other);
		break;
	case MISFIT_UNSURE:
	case MISFIT_NONE:
		break;
	}
}
