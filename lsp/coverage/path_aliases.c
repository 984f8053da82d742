#include "coverage/path_aliases.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/span.h"
#include "platform/file.h"
#include "platform/path.h"
#include "text/glob.h"

struct alias {
	char *pattern;         /* as it was given */
	struct glob_set *glob; /* NULL: the name of a folder is looked for */
	char *name;            /* that folder */
	char *result;          /* ends with a separator */
};

struct path_aliases {
	char *folder; /* as coverage.py calls it: absolute, without symbolic links */
	bool relative;
	struct alias *at;
	size_t count, cap;
};

#define NO_MATCH ((size_t)-1)

static bool
is_separator(char c)
{
	return c == '/' || c == '\\';
}

/* The separator that a text uses (sep() in coverage/files.py). */
static char
separator_of(const char *text)
{
	char first = text[strcspn(text, "/\\")];

	return first == '\0' ? '/' : first;
}

/* Is it an absolute path on any system? (isabs_anywhere(), with ntpath of Python 3.13 and newer.) */
static bool
is_absolute_anywhere(const char *path)
{
	size_t first = 1;

	if (path[0] == '/' || (path[0] == '\\' && is_separator(path[1])))
		return true;
	if (path[0] == '\0')
		return false;
	while (((unsigned char)path[first] & 0xC0) == 0x80)
		first++; /* a drive is one character */
	return path[first] == ':' && is_separator(path[first + 1]);
}

static bool
is_there(const struct path_aliases *a, const char *path)
{
	struct buf full = { 0 };
	enum file_kind kind;

	if (path_is_absolute(path))
		buf_add_text(&full, path);
	else
		buf_addf(&full, "%s/%s", a->folder, path);
	kind = file_stamp(buf_text(&full)).kind;
	buf_free(&full);
	return kind != FILE_NONE;
}

/* Is it in an archive that is there? What is in the archive isn't looked at (zip_location()). */
static bool
is_in_archive(const struct path_aliases *a, const char *path)
{
	static const char *const ends[] = { ".zip", ".whl", ".egg", ".pex", ".par" };

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		char end[6] = { 0 };
		const char *found;
		bool there;

		memcpy(end, ends[i], 4);
		end[4] = separator_of(path);
		found = strstr(path, end);
		if (found != NULL) {
			char *archive = mem_text(path, (size_t)(found - path) + 4);

			there = is_there(a, archive);
			free(archive);
			if (there)
				return true;
		}
	}
	return false;
}

/* A relative path is one of the folder if it is there. Absolute in any case (canonical_filename()). */
static void
make_canonical(const struct path_aliases *a, char **path)
{
	char *canonical = path_resolve(a->folder, *path);

	free(*path);
	*path = canonical;
}

/* How much of the path is up to the last folder of that name, which is not the path's own last name
 * (the regular expression of the entries that map() makes). */
static size_t
match_folder(const char *name, const char *path)
{
	size_t len = strlen(name), line = strcspn(path, "\n");

	for (size_t at = strlen(path); at-- > 0;) {
		if (at > 0 && (at > line || !is_separator(path[at - 1])))
			continue;
		if (strncmp(path + at, name, len) == 0 && is_separator(path[at + len]))
			return at + len + 1;
	}
	return NO_MATCH;
}

static size_t
match_alias(const struct alias *alias, const char *path)
{
	if (alias->glob == NULL)
		return match_folder(alias->name, path);
	return glob_match(alias->glob, span_of(path));
}

/* A path that begins with "./" or ".\". */
static bool
has_dot(const char *path)
{
	return path[0] == '.' && is_separator(path[1]);
}

/* The path with its first `matched` bytes replaced; the caller's to free(). */
static char *
replace_start(const struct path_aliases *a, const struct alias *alias, const char *path,
	      size_t matched)
{
	char from = separator_of(path), to = separator_of(alias->result), *new;
	struct buf text = { 0 };

	buf_add_text(&text, alias->result);
	buf_add_text(&text, path + matched);
	new = buf_take(&text);
	for (char *c = new; *c != '\0'; c++)
		*c = *c == from ? to : *c;
	if (!a->relative)
		make_canonical(a, &new);
	if (has_dot(new) && !(has_dot(alias->result) && strlen(alias->result) > 2))
		memmove(new, new + 2, strlen(new) - 1);
	return new;
}

/* NULL: no entry gives something that is there. */
static char *
map_with_entries(const struct path_aliases *a, const char *path)
{
	for (size_t i = 0; i < a->count; i++) {
		size_t matched = match_alias(&a->at[i], path);
		char *new;

		if (matched == NO_MATCH)
			continue;
		new = replace_start(a, &a->at[i], path, matched);
		if (is_there(a, new) || is_in_archive(a, new))
			return new;
		free(new);
	}
	return NULL;
}

static struct alias *
new_alias(struct path_aliases *a)
{
	a->at = mem_grow(a->at, a->count, &a->cap, sizeof *a->at);
	a->at[a->count] = (struct alias){ 0 };
	return &a->at[a->count++];
}

/* The entry that a relative path adds; false: there is none, or it is there already. */
static bool
add_own_entry(struct path_aliases *a, const char *path)
{
	size_t len = strcspn(path, "/\\");
	struct buf pattern = { 0 };
	struct alias *alias;
	bool known = false;

	if (is_absolute_anywhere(path) || path[len] == '\0')
		return false;
	buf_add_text(&pattern, "*/");
	buf_add(&pattern, (struct span){ path, len });
	for (size_t i = 0; i < a->count && !known; i++)
		known = strcmp(a->at[i].pattern, buf_text(&pattern)) == 0;
	if (!known) {
		alias = new_alias(a);
		alias->pattern = mem_copy(buf_text(&pattern));
		alias->name = mem_text(path, len);
		alias->result = mem_text(path, len + 1);
		alias->result[len] = '/';
	}
	buf_free(&pattern);
	return !known;
}

char *
path_aliases_map(struct path_aliases *aliases, const char *path)
{
	char *new = map_with_entries(aliases, path);
	const char *below;

	if (new != NULL || !aliases->relative)
		return new != NULL ? new : mem_copy(path);
	below = path_below(path, aliases->folder);
	path = below != NULL ? below : path;
	if (add_own_entry(aliases, path))
		return path_aliases_map(aliases, path);
	return mem_copy(path);
}

/* Without separators at its end, but for one of a single character. */
static char *
without_end(const char *text, size_t least)
{
	size_t len = strlen(text);

	if (len > least) {
		while (len > 0 && is_separator(text[len - 1]))
			len--;
	}
	return mem_text(text, len);
}

static void
end_with(char **text, char separator)
{
	struct buf ended = { 0 };

	buf_addf(&ended, "%s%c", *text, separator);
	free(*text);
	*text = buf_take(&ended);
}

/* Makes an entry's pattern one of whole paths: absolute unless it may match any start. */
static void
complete_pattern(const struct path_aliases *a, char **pattern, char separator)
{
	char *whole = mem_copy(*pattern);
	size_t len;

	end_with(&whole, separator);
	if (!a->relative && **pattern != '*' && !is_absolute_anywhere(whole)) {
		free(whole);
		whole = path_resolve(a->folder, *pattern);
		free(*pattern);
		*pattern = mem_copy(whole);
	}
	free(whole);
	len = strlen(*pattern);
	if (len == 0 || (*pattern)[len - 1] != separator)
		end_with(pattern, separator);
}

enum status
path_aliases_add(struct path_aliases *aliases, const char *pattern, const char *result,
		 struct error *err)
{
	char *whole = without_end(pattern, 1);
	size_t len = strlen(whole);
	struct glob_set *glob;
	struct alias *alias;

	if (len > 0 && whole[len - 1] == '*') {
		free(whole);
		return error_set(err, STATUS_USAGE, "Pattern must not end with wildcards.");
	}
	complete_pattern(aliases, &whole, separator_of(pattern));
	glob = glob_compile(&(struct span){ whole, strlen(whole) }, 1, GLOB_ANY_CASE | GLOB_PREFIX,
			    err);
	free(whole);
	if (glob == NULL)
		return STATUS_USAGE;
	alias = new_alias(aliases);
	alias->pattern = mem_copy(pattern);
	alias->glob = glob;
	alias->result = without_end(result, 0);
	end_with(&alias->result, separator_of(result));
	return STATUS_OK;
}

struct path_aliases *
path_aliases_new(const char *folder, bool relative)
{
	struct path_aliases *a = mem_alloc(1, sizeof *a);

	a->relative = relative;
	a->folder = path_real(folder);
	if (a->folder == NULL)
		a->folder = mem_copy(folder);
	return a;
}

void
path_aliases_free(struct path_aliases *aliases)
{
	if (aliases == NULL)
		return;
	for (size_t i = 0; i < aliases->count; i++) {
		free(aliases->at[i].pattern);
		glob_free(aliases->at[i].glob);
		free(aliases->at[i].name);
		free(aliases->at[i].result);
	}
	free(aliases->at);
	free(aliases->folder);
	free(aliases);
}

enum status
path_aliases_from_config(struct path_aliases **aliases, const char *folder,
			 const struct coverage_config *config, struct error *err)
{
	struct path_aliases *a =
		path_aliases_new(folder, config->values[COVERAGE_RUN_RELATIVE_FILES].boolean);
	enum status status = STATUS_OK;

	for (size_t i = 0; i < config->path_count; i++) {
		const struct text_list *list = &config->paths[i].list;

		for (size_t k = 1; k < list->count && status == STATUS_OK; k++)
			status = path_aliases_add(a, list->at[k], list->at[0], err);
	}
	if (status != STATUS_OK) {
		path_aliases_free(a);
		a = NULL;
	}
	*aliases = a;
	return status;
}
