#include "format/ini_stream.h"

#include "text/space.h"
#include "text/utf8.h"

/* As much of a bad line as goes into a message. */
#define SHOWN(s) ((s).len > 80 ? 80 : (int)(s).len), (s).at

/* Groups in `names`: the sections, the options of DEFAULT, and from 2 on those of each section. */
enum { GROUP_SECTIONS = 0, GROUP_DEFAULT = 1 };

static bool
is_broken(const struct ini_stream *ini)
{
	return ini->error.status != STATUS_OK;
}

static void
fault(struct ini_stream *ini, const char *what, struct span name)
{
	error_set_line(&ini->error, STATUS_BAD_DATA, ini->lines.number, what, SHOWN(name));
}

static void
add_lower(struct buf *out, struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		buf_add_char(out, (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c));
	}
}

static size_t
count_characters(struct span s)
{
	return utf8_units(s, TEXT_UTF32);
}

/* The name in `[name]`, up to the last bracket; false if that is not how `line` starts. */
static bool
header_name(struct span line, struct span *name)
{
	size_t end = line.len;

	while (end > 0 && line.at[end - 1] != ']')
		end--;
	if (line.len == 0 || line.at[0] != '[' || end < 3)
		return false;
	*name = span_cut(line, 1, end - 1);
	return true;
}

static enum ini_event
start_section(struct ini_stream *ini, struct span name)
{
	buf_reset(&ini->section);
	buf_add(&ini->section, name);
	if (span_equal(name, SPAN("DEFAULT"))) {
		ini->group = GROUP_DEFAULT;
	} else {
		uint32_t *group = name_set_put(&ini->names, GROUP_SECTIONS, name);

		if (*group != 0) {
			fault(ini, "section '%.*s' stands twice", name);
			return INI_BAD;
		}
		ini->groups = ini->groups == 0 ? GROUP_DEFAULT + 1 : ini->groups + 1;
		*group = ini->group = ini->groups;
	}
	ini->line = ini->lines.number;
	return INI_SECTION;
}

static void
start_option(struct ini_stream *ini, struct span line)
{
	size_t end = 0;
	uint32_t *seen;

	while (end < line.len && line.at[end] != '=' && line.at[end] != ':')
		end++;
	buf_reset(&ini->key);
	buf_reset(&ini->value);
	add_lower(&ini->key, space_strip_end(span_cut(line, 0, end)));
	if (end == line.len) {
		fault(ini, "neither a section nor an option: '%.*s'; an option needs a '='", line);
		return;
	}
	if (ini->key.len == 0) {
		fault(ini, "an option without a name: '%.*s'", line);
		return;
	}
	seen = name_set_put(&ini->names, ini->group, buf_span(&ini->key));
	if (*seen != 0) {
		fault(ini, "option '%.*s' stands twice in its section", buf_span(&ini->key));
		return;
	}
	*seen = 1;
	buf_add(&ini->value, space_strip(span_cut(line, end + 1, line.len)));
	ini->line = ini->lines.number;
	ini->in_option = true;
	ini->blanks = 0;
}

static void
go_on_with_value(struct ini_stream *ini, struct span line)
{
	for (size_t n = ini->blanks + 1; n > 0; n--)
		buf_add_char(&ini->value, '\n');
	ini->blanks = 0;
	buf_add(&ini->value, line);
}

/* Looks at the line in `text`. INI_MORE: there is nothing to tell of it yet. */
static enum ini_event
take_line(struct ini_stream *ini)
{
	struct span start = space_strip_start(ini->text), line = space_strip_end(start), name;
	size_t indent = count_characters(span_cut(ini->text, 0, ini->text.len - start.len));

	ini->has_text = false;
	if (line.len == 0) {
		ini->blanks++;
		return INI_MORE;
	}
	if (line.at[0] == '#' || line.at[0] == ';')
		return INI_MORE;
	if (ini->in_option && indent > ini->indent) {
		go_on_with_value(ini, line);
		return INI_MORE;
	}
	if (ini->in_option) {
		ini->in_option = false;
		ini->has_text = true; /* again, after the option that it ends */
		return INI_OPTION;
	}
	ini->indent = indent;
	if (header_name(line, &name))
		return start_section(ini, name);
	if (ini->group == 0)
		fault(ini,
		      span_starts(line, SPAN("\xef\xbb\xbf"))
			      ? "a byte order mark before the first section: '%.*s'; save it as UTF-8 without"
			      : "no section header before '%.*s'",
		      line);
	else
		start_option(ini, line);
	return is_broken(ini) ? INI_BAD : INI_MORE;
}

static enum ini_event
take_text(struct ini_stream *ini)
{
	if (!utf8_is_valid(ini->text)) {
		error_set_line(&ini->error, STATUS_BAD_DATA, ini->lines.number,
			       "the line is not UTF-8");
		return INI_BAD;
	}
	return take_line(ini);
}

enum ini_event
ini_next(struct ini_stream *ini, struct span *in)
{
	enum ini_event event = is_broken(ini) ? INI_BAD : INI_MORE;

	while (event == INI_MORE) {
		if (!ini->has_text && !line_reader_next(&ini->lines, in, &ini->text))
			return INI_MORE;
		ini->has_text = true;
		event = take_text(ini);
	}
	return event;
}

enum ini_event
ini_finish(struct ini_stream *ini)
{
	enum ini_event event = is_broken(ini) ? INI_BAD : INI_MORE;

	while (event == INI_MORE && (ini->has_text || line_reader_last(&ini->lines, &ini->text))) {
		ini->has_text = true;
		event = take_text(ini);
	}
	if (event == INI_MORE && ini->in_option) {
		ini->in_option = false;
		event = INI_OPTION;
	}
	return event;
}

void
ini_free(struct ini_stream *ini)
{
	buf_free(&ini->section);
	buf_free(&ini->key);
	buf_free(&ini->value);
	line_reader_free(&ini->lines);
	name_set_free(&ini->names);
	*ini = (struct ini_stream){ 0 };
}
