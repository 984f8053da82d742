#include "combinable.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/file.h"
#include "platform/path.h"

struct listing {
	const char *folder, *name; /* of the data file */
	struct text_list *paths;
};

static void
on_name(void *ctx, const char *name)
{
	const struct listing *l = ctx;
	size_t len = strlen(l->name);
	char *path;

	if (strncmp(name, l->name, len) != 0 || name[len] != '.' ||
	    span_ends(span_of(name), SPAN("-journal")))
		return;
	path = path_join(l->folder, name);
	text_list_add(l->paths, span_of(path));
	free(path);
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
combinable_list(const char *data_file, struct text_list *paths)
{
	char *folder = path_folder(data_file);
	struct listing l = { folder, path_base(data_file), paths };

	file_list(folder, on_name, &l, NULL);
	if (paths->count > 0)
		qsort(paths->at, paths->count, sizeof *paths->at, compare_paths);
	free(folder);
}

static bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_';
}

/* Takes `start`, then `count` word characters, then `end`, off the end of a text. */
static bool
take_word(struct span *text, struct span start, size_t count, char end, struct span *word)
{
	size_t len = start.len + count + 1;
	struct span tail;

	if (text->len < len)
		return false;
	tail = span_cut(*text, text->len - len, text->len);
	if (!span_starts(tail, start) || tail.at[len - 1] != end)
		return false;
	for (size_t i = start.len; i < len - 1; i++) {
		if (!is_word(tail.at[i]))
			return false;
	}
	*word = span_cut(tail, start.len, len);
	text->len -= len;
	return true;
}

/* The hash in a name such as ".coverage.host.pid12.Xabcdefx.Habcdefghijh" (filename_match()). */
static bool
find_hash(const char *path, struct span *hash)
{
	struct span rest = span_of(path), random;
	size_t digits = 0, host = 0;

	if (!take_word(&rest, SPAN(".H"), 10, 'h', hash) ||
	    !take_word(&rest, SPAN(".X"), 6, 'x', &random))
		return false;
	for (; rest.len > 0 && rest.at[rest.len - 1] >= '0' && rest.at[rest.len - 1] <= '9';
	     rest.len--)
		digits++;
	if (digits == 0 || !span_ends(rest, SPAN(".pid")))
		return false;
	rest.len -= 4;
	for (; rest.len > 0 && rest.at[rest.len - 1] != '.'; rest.len--)
		host++;
	return host > 0 && rest.len > 0;
}

static bool
is_known_hash(struct combinable_seen *seen, struct span hash)
{
	size_t before = seen->hashes.count;
	char *text = mem_text(hash.at, hash.len);

	text_list_add_once(&seen->hashes, text);
	free(text);
	return seen->hashes.count == before;
}

bool
combinable_is_duplicate(struct combinable_seen *seen, const char *path)
{
	struct data_digest digest;
	struct span hash;

	if (find_hash(path, &hash))
		return is_known_hash(seen, hash);
	if (data_take_digest(path, &digest, NULL) != STATUS_OK)
		return false;
	for (size_t i = 0; i < seen->count; i++) {
		if (seen->digests[i].size == digest.size && seen->digests[i].hash == digest.hash)
			return true;
	}
	seen->digests = mem_grow(seen->digests, seen->count, &seen->cap, sizeof *seen->digests);
	seen->digests[seen->count++] = digest;
	return false;
}

void
combinable_seen_free(struct combinable_seen *seen)
{
	text_list_free(&seen->hashes);
	free(seen->digests);
	*seen = (struct combinable_seen){ 0 };
}
