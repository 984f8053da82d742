#include "config/python_version.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "format/line_reader.h"
#include "format/toml_stream.h"
#include "platform/file.h"
#include "platform/path.h"
#include "python/pylex.h"
#include "text/space.h"

#define CFG_MAX   (64u << 10) /* of a pyvenv.cfg or a .python-version */
#define MINOR_TOP 99u         /* what is looked at, far beyond any Python there is */
#define PARTS_MAX 4

/* ---- versions ---------------------------------------------------------------------------------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes a number off the start; one that is very long becomes very large. */
static bool
take_number(struct span *s, unsigned *number)
{
	if (s->len == 0 || !is_digit(*s->at))
		return false;
	for (*number = 0; s->len > 0 && is_digit(*s->at); span_skip(s, 1)) {
		if (*number < 1000000)
			*number = *number * 10 + (unsigned)(*s->at - '0');
	}
	return true;
}

static bool
take(struct span *s, struct span what)
{
	if (!span_starts(*s, what))
		return false;
	span_skip(s, what.len);
	return true;
}

/* Takes "3.12" off the start. */
static bool
take_minor(struct span *s, unsigned *minor)
{
	unsigned major;

	return take_number(s, &major) && major == 3 && take(s, SPAN(".")) && take_number(s, minor);
}

bool
python_version_parse(struct span text, unsigned *minor)
{
	unsigned micro;

	text = space_strip(text);
	if (!take_minor(&text, minor))
		return false;
	return text.len == 0 ||
	       (take(&text, SPAN(".")) && take_number(&text, &micro) && text.len == 0);
}

/* What is found somewhere as the version of a Python, or of a virtual environment: with or without the
 * name of an implementation before it, and anything behind: 3.12.1.final.0, 3.13t, 3.14-dev,
 * pypy3.11-7.3.19, cpython-3.12.1-linux. */
static bool
loose_minor(struct span text, unsigned *minor)
{
	static const struct span names[] = {
		{"cpython",    7},
		{ "pypy",      4},
		{ "python",    6},
		{ "graalpy",   7},
		{ "stackless", 9}
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (take(&text, names[i]))
			break;
	}
	if (text.len > 0 && (*text.at == '-' || *text.at == '@'))
		span_skip(&text, 1);
	return take_minor(&text, minor) && (text.len == 0 || strchr(".-+tabr", *text.at) != NULL);
}

/* ---- specifiers, PEP 440 ------------------------------------------------------------------------ */

enum comparison { LESS, AT_MOST, EQUAL, NOT_EQUAL, AT_LEAST, GREATER, COMPATIBLE };

struct specifier {
	enum comparison op;
	unsigned parts[PARTS_MAX];
	size_t count;
	bool any; /* ends with .* */
};

static bool
take_operator(struct span *s, struct specifier *spec)
{
	static const struct {
		struct span text;
		enum comparison op;
	} operators[] = {
		{{ "===", 3 }, EQUAL     },
                { { "==", 2 }, EQUAL     },
                { { "~=", 2 }, COMPATIBLE},
		{ { "!=", 2 }, NOT_EQUAL },
                { { "<=", 2 }, AT_MOST   },
                { { ">=", 2 }, AT_LEAST  },
		{ { "<", 1 },  LESS      },
                { { ">", 1 },  GREATER   },
	};

	for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
		if (take(s, operators[i].text)) {
			spec->op = operators[i].op;
			return true;
		}
	}
	return false;
}

/* One specifier; a suffix such as rc1 counts for nothing. */
static bool
read_specifier(struct span text, struct specifier *spec)
{
	*spec = (struct specifier){ 0 };
	text = space_strip(text);
	if (!take_operator(&text, spec))
		return false;
	text = space_strip(text);
	take(&text, SPAN("v"));
	while (spec->count < PARTS_MAX && take_number(&text, &spec->parts[spec->count])) {
		spec->count++;
		if (span_equal(text, SPAN(".*"))) {
			spec->any = true;
			return true;
		}
		if (!take(&text, SPAN(".")))
			break;
	}
	return spec->count > 0 && (spec->op != COMPATIBLE || spec->count > 1);
}

/* Compares the first `count` parts; those that are not there are 0. */
static int
compare(const unsigned version[3], const struct specifier *spec, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned a = i < 3 ? version[i] : 0, b = i < spec->count ? spec->parts[i] : 0;

		if (a != b)
			return a < b ? -1 : 1;
	}
	return 0;
}

static bool
allows(const struct specifier *spec, const unsigned version[3])
{
	int order = compare(version, spec, spec->any ? spec->count : PARTS_MAX);

	switch (spec->op) {
	case LESS:
		return order < 0;
	case AT_MOST:
		return order <= 0;
	case EQUAL:
		return order == 0;
	case NOT_EQUAL:
		return order != 0;
	case AT_LEAST:
		return order >= 0;
	case GREATER:
		return order > 0;
	case COMPATIBLE:
		break;
	}
	return order >= 0 && compare(version, spec, spec->count - 1) == 0;
}

/* Takes the text up to a comma off the start. */
static struct span
take_part(struct span *s)
{
	const char *comma = s->len > 0 ? memchr(s->at, ',', s->len) : NULL;
	struct span part = span_cut(*s, 0, comma != NULL ? (size_t)(comma - s->at) : s->len);

	span_skip(s, comma != NULL ? part.len + 1 : part.len);
	return part;
}

/* Do they all allow this version? False also if one is not understood. */
static bool
all_allow(struct span specifiers, const unsigned version[3])
{
	struct specifier spec;

	while (specifiers.len > 0) {
		struct span part = take_part(&specifiers);

		if (space_strip(part).len == 0)
			continue;
		if (!read_specifier(part, &spec) || !allows(&spec, version))
			return false;
	}
	return true;
}

bool
python_version_allowed(struct span specifiers, unsigned least, unsigned most, unsigned *minor)
{
	if (space_strip(specifiers).len == 0)
		return false;
	for (unsigned i = most + 1; i-- > least;) {
		/* One of its releases will do. */
		for (unsigned micro = 0; micro < 50; micro++) {
			if (all_allow(specifiers, (unsigned[]){ 3, i, micro })) {
				*minor = i;
				return true;
			}
		}
	}
	return false;
}

/* ---- files ------------------------------------------------------------------------------------- */

/* Looks in a file for a version. */
typedef bool find_fn(const char *path, unsigned *minor);

/* The lines of a small file, by a function that is true once it has found what it looks for. */
static bool
find_in_lines(const char *path, bool (*on_line)(struct span line, unsigned *minor), unsigned *minor)
{
	struct buf text = { 0 };
	struct line_reader lines = { 0 };
	struct span in, line;
	bool found = false;

	if (file_read_all(path, &text, CFG_MAX, NULL) == STATUS_OK) {
		in = buf_span(&text);
		while (!found && line_reader_next(&lines, &in, &line))
			found = on_line(line, minor);
		if (!found && line_reader_last(&lines, &line))
			found = on_line(line, minor);
	}
	line_reader_free(&lines);
	buf_free(&text);
	return found;
}

/* `version = 3.12.1` of venv, `version_info = 3.12.1.final.0` of virtualenv, as site.py of CPython reads
 * lines: keys in any case, white space round them and the value. */
static bool
on_cfg_line(struct span line, unsigned *minor)
{
	static const char *const keys[] = { "version", "version_info" };
	const char *equals = line.len > 0 ? memchr(line.at, '=', line.len) : NULL;
	struct span key, value;

	if (equals == NULL)
		return false;
	key = space_strip(span_cut(line, 0, (size_t)(equals - line.at)));
	value = space_strip(span_cut(line, (size_t)(equals - line.at) + 1, line.len));
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		bool same = key.len == strlen(keys[i]);

		for (size_t k = 0; same && k < key.len; k++)
			same = key.at[k] == keys[i][k] || key.at[k] == (keys[i][k] & ~0x20);
		if (same)
			return loose_minor(value, minor);
	}
	return false;
}

static bool
find_in_cfg(const char *path, unsigned *minor)
{
	return find_in_lines(path, on_cfg_line, minor);
}

/* Words up to a `#`, as pyenv-version-file-read takes them. */
static bool
on_version_line(struct span line, unsigned *minor)
{
	while (true) {
		size_t len = 0;

		line = space_strip_start(line);
		if (line.len == 0 || *line.at == '#')
			return false;
		while (len < line.len && line.at[len] != '#' &&
		       space_length(span_cut(line, len, line.len)) == 0)
			len++;
		if (loose_minor(span_cut(line, 0, len), minor))
			return true;
		span_skip(&line, len);
	}
}

static bool
find_in_version_file(const char *path, unsigned *minor)
{
	return find_in_lines(path, on_version_line, minor);
}

/* A pyproject.toml, up to its requires-python. */
struct project {
	struct toml_stream toml;
	bool done, found;
	unsigned minor;
};

static bool
nearest_allowed(struct span specifiers, unsigned *minor)
{
	return python_version_allowed(specifiers, PYTHON_MINOR_MIN, PYTHON_MINOR_MAX, minor) ||
	       python_version_allowed(specifiers, 0, PYTHON_MINOR_MIN - 1, minor) ||
	       python_version_allowed(specifiers, PYTHON_MINOR_MAX + 1, MINOR_TOP, minor);
}

static void
take_event(struct project *p, enum toml_event event)
{
	if (event == TOML_BAD)
		p->done = true;
	if (event != TOML_STRING || toml_length(&p->toml) != 2 ||
	    !toml_starts(&p->toml, "project requires-python"))
		return;
	p->done = true;
	p->found = nearest_allowed(p->toml.value, &p->minor);
}

static bool
on_project_piece(void *ctx, struct span piece)
{
	struct project *p = ctx;
	enum toml_event event;

	while (!p->done && (event = toml_next(&p->toml, &piece)) != TOML_MORE)
		take_event(p, event);
	return !p->done;
}

static bool
find_in_project(const char *path, unsigned *minor)
{
	struct project p = { 0 };
	enum toml_event event;

	if (file_read(path, on_project_piece, &p, NULL) == STATUS_OK) {
		while (!p.done && (event = toml_finish(&p.toml)) != TOML_MORE)
			take_event(&p, event);
	}
	toml_free(&p.toml);
	*minor = p.minor;
	return p.found;
}

/* ---- the choice -------------------------------------------------------------------------------- */

/* Sets the version, as far as covls knows it, and says where it is from. */
static void
choose(struct python_version *v, unsigned minor, const char *from, const char *where)
{
	struct buf origin = { 0 };

	v->minor = minor;
	if (minor < PYTHON_MINOR_MIN)
		v->minor = PYTHON_MINOR_MIN;
	else if (minor > PYTHON_MINOR_MAX)
		v->minor = PYTHON_MINOR_MAX;
	buf_addf(&origin, "3.%u", v->minor);
	if (v->minor != minor)
		buf_addf(&origin, ", the nearest to 3.%u that covls knows", minor);
	buf_addf(&origin, ", %s%s", from, where);
	v->origin = buf_take(&origin);
}

static bool
try_file(struct python_version *v, const char *folder, const char *name, const char *top,
	 find_fn *find)
{
	char *path = path_join(folder, name);
	const char *below = path_below(path, top);
	unsigned minor;
	bool found = find(path, &minor);

	if (found)
		choose(v, minor, "from ", below != NULL ? below : path);
	free(path);
	return found;
}

/* Looks for the first of `names`, a list that NULL ends, in `folder` and those above it up to `top`. */
static bool
try_folders(struct python_version *v, const char *const *names, const char *folder, const char *top,
	    find_fn *find)
{
	char *here = path_join(folder, ".");
	bool found = false, last;

	do {
		char *above = path_folder(here);

		for (size_t i = 0; !found && names[i] != NULL; i++)
			found = try_file(v, here, names[i], top, find);
		last = strcmp(here, top) == 0 || strcmp(here, above) == 0;
		free(here);
		here = above;
	} while (!found && !last);
	free(here);
	return found;
}

static bool
try_environment(struct python_version *v, const char *top)
{
	const char *environment = getenv("VIRTUAL_ENV");

	return environment != NULL && path_is_absolute(environment) &&
	       try_file(v, environment, "pyvenv.cfg", top, find_in_cfg);
}

static const char *const environments[] = { "pyvenv.cfg", ".venv/pyvenv.cfg", "venv/pyvenv.cfg",
					    "env/pyvenv.cfg", NULL };
static const char *const version_files[] = { ".python-version", NULL };
static const char *const projects[] = { "pyproject.toml", NULL };

bool
python_version_may_be_in(const char *folder)
{
	static const char *const *const lists[] = { environments, version_files, projects };
	bool found = false;

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		for (size_t k = 0; !found && lists[i][k] != NULL; k++) {
			char *path = path_join(folder, lists[i][k]);

			found = file_stamp(path).kind != FILE_NONE;
			free(path);
		}
	}
	return found;
}

void
python_version_find(struct python_version *v, const char *asked, const char *by, const char *folder,
		    const char *top)
{
	unsigned minor;

	if (asked != NULL && python_version_parse(span_of(asked), &minor)) {
		choose(v, minor, "from ", by);
		return;
	}
	if (try_environment(v, top) || try_folders(v, environments, folder, top, find_in_cfg) ||
	    try_folders(v, version_files, folder, top, find_in_version_file) ||
	    try_folders(v, projects, folder, top, find_in_project))
		return;
	choose(v, PYTHON_MINOR_MAX,
	       "the newest that covls knows; no setting and no file says which", "");
}

void
python_version_free(struct python_version *v)
{
	free(v->origin);
	*v = (struct python_version){ 0 };
}
