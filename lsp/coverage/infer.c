#include "infer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/name_set.h"
#include "recorded.h"

/* A name that ends like more files than this tells nothing. */
#define CANDIDATES_MAX 32
/* So many pairs are looked at closer: those with the most votes. */
#define PAIRS_MAX 64
/* So many names must speak for a pair that lies under the folder of one that is accepted already. */
#define SECOND_LEAST 3
#define RULES_MAX    256
/* So much must speak for a pair whose names are the same in their last parts alone: a common name counts once,
 * another one twice. */
#define FLAT_LEAST 2

struct pair {
	struct span from, to;
	size_t root; /* so much of `to` is the workspace folder */
	uint32_t votes;
	bool weak;     /* some name matched in its last part alone: its package was looked at */
	uint32_t flat; /* names that matched so, of files in the report's folder or one above it */
	bool is_flat;  /* nothing else speaks for it */
	bool done, accepted;
	bool *has; /* of each name: is it a file by this pair? */
};

struct inference {
	const struct infer_input *in;
	struct infer_result *result;
	struct name_set known;
	struct pair *pairs;
	size_t count, cap;
	bool *settled; /* of each name */
};

static char
small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool
same_char(const struct inference *inf, char a, char b)
{
	return a == b || (inf->in->any_case && small(a) == small(b));
}

static bool
starts_with(const struct inference *inf, struct span s, struct span with)
{
	if (!inf->in->any_case)
		return span_starts(s, with);
	for (size_t i = 0; i < with.len; i++) {
		if (i >= s.len || small(s.at[i]) != small(with.at[i]))
			return false;
	}
	return true;
}

/* By the last byte, then the one before ... Whatever ends alike stands together. */
static int
compare_ends(struct span a, struct span b, bool any_case)
{
	while (a.len > 0 && b.len > 0) {
		unsigned char x = (unsigned char)a.at[--a.len], y = (unsigned char)b.at[--b.len];

		if (any_case) {
			x = (unsigned char)small((char)x);
			y = (unsigned char)small((char)y);
		}
		if (x != y)
			return x < y ? -1 : 1;
	}
	return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

static int
compare_files(const void *a, const void *b)
{
	return compare_ends(((const struct infer_file *)a)->path,
			    ((const struct infer_file *)b)->path, false);
}

static int
compare_files_in_any_case(const void *a, const void *b)
{
	return compare_ends(((const struct infer_file *)a)->path,
			    ((const struct infer_file *)b)->path, true);
}

/* The place of the first file that is not before `name`. */
static size_t
find_end(const struct inference *inf, struct span name)
{
	size_t low = 0, high = inf->in->file_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_ends(inf->in->files[middle].path, name, inf->in->any_case) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How many bytes both have in common at their ends, in whole parts; *parts tells how many these are. */
static size_t
common_end(const struct inference *inf, struct span name, struct span file, size_t *parts)
{
	size_t n = 0, whole = 0;

	*parts = 0;
	while (n < name.len && n < file.len &&
	       same_char(inf, name.at[name.len - 1 - n], file.at[file.len - 1 - n])) {
		n++;
		if (name.at[name.len - n] == '/') {
			whole = n - 1;
			++*parts;
		}
	}
	if (n == name.len && n < file.len && file.at[file.len - n - 1] == '/' && whole != n) {
		whole = n;
		++*parts;
	}
	return whole;
}

/* How many parts the folders of both have in common. */
static size_t
common_start(struct span a, struct span b)
{
	size_t parts = 0;

	for (size_t i = 0; i < a.len; i++) {
		if (i == b.len)
			return parts + (a.at[i] == '/');
		if (a.at[i] != b.at[i])
			return parts;
		parts += a.at[i] == '/';
	}
	return parts;
}

/* Names that every other project has; one alone says nothing. */
static bool
is_common_name(struct span base)
{
	static const char *const stems[] = {
		"__init__", "__main__", "index",   "main",     "mod",    "lib",      "util",
		"utils",    "helper",   "helpers", "conftest", "setup",  "test",     "tests",
		"types",    "app",      "config",  "init",     "common", "constants"
	};
	const char *dot = memchr(base.at, '.', base.len);
	struct span stem = dot == NULL ? base : span_cut(base, 0, (size_t)(dot - base.at));

	for (size_t i = 0; i < sizeof stems / sizeof stems[0]; i++) {
		if (span_equal(stem, span_of(stems[i])))
			return true;
	}
	return false;
}

/* The files that end like a name in the most parts. */
struct candidates {
	size_t files[CANDIDATES_MAX];
	size_t count, parts;
	bool too_many;
};

/* Goes on from `at` in one direction as long as files end like the best. */
static void
gather(const struct inference *inf, struct span name, size_t at, int step, struct candidates *c)
{
	for (; at < inf->in->file_count; at += (size_t)step) {
		size_t parts;

		common_end(inf, name, inf->in->files[at].path, &parts);
		if (parts == 0 || parts < c->parts || (parts == c->parts && c->too_many))
			break;
		if (parts > c->parts)
			*c = (struct candidates){ .parts = parts };
		if (c->count == CANDIDATES_MAX)
			c->too_many = true;
		else
			c->files[c->count++] = at;
	}
}

static void
keep_nearest(const struct inference *inf, struct candidates *c)
{
	size_t best = 0, count = 0;

	for (size_t i = 0; i < c->count; i++) {
		size_t near = common_start(inf->in->files[c->files[i]].path, inf->in->near);

		if (near > best)
			count = 0;
		if (near >= best) {
			best = near;
			c->files[count++] = c->files[i];
		}
	}
	c->count = count;
}

static struct span
folder_of(struct span name)
{
	while (name.len > 0 && name.at[name.len - 1] != '/')
		name.len--;
	return name;
}

static struct span
base_of(struct span name)
{
	span_skip(&name, folder_of(name).len);
	return name;
}

/* Is a match in the last part alone good enough? */
static bool
may_match_alone(const struct inference *inf, struct span name, const struct candidates *c)
{
	struct span folder = folder_of(name);

	if (c->count != 1 || c->too_many)
		return false;
	if (folder.len == 0)
		return !is_common_name(name);
	folder.len--;
	return name.at[0] != '/' && inf->in->is_package != NULL &&
	       inf->in->is_package(inf->in->ctx, inf->in->files[c->files[0]].path, folder);
}

/* Is it the only file of its name, in the report's folder or one above it, as in a project without folders that
 * was measured in a container? */
static bool
is_flat_match(const struct inference *inf, struct span name, const struct candidates *c)
{
	struct buf near = { 0 };
	bool flat = c->parts == 1 && c->count == 1 && recorded_is_absolute(name);

	if (!flat)
		return false;
	buf_add(&near, inf->in->near);
	buf_add_char(&near, '/');
	flat = span_starts(buf_span(&near), folder_of(inf->in->files[c->files[0]].path));
	buf_free(&near);
	return flat;
}

/* Without a vote a pair is only there to be compared with others. */
static struct pair *
note_pair(struct inference *inf, struct span name, const struct infer_file *file, bool votes,
	  bool weak)
{
	size_t parts, same = common_end(inf, name, file->path, &parts);
	struct span from, to;
	struct buf key = { 0 };
	uint32_t *number;

	/* Nothing above the workspace folder is replaced. */
	if (same > file->path.len - file->root)
		same = file->path.len - file->root;
	from = span_cut(name, 0, name.len - same);
	to = span_cut(file->path, 0, file->path.len - same);
	buf_add(&key, from);
	buf_add_char(&key, '\0');
	buf_add(&key, to);
	number = name_set_put(&inf->known, 0, buf_span(&key));
	buf_free(&key);
	if (*number == 0) {
		inf->pairs = mem_grow(inf->pairs, inf->count, &inf->cap, sizeof *inf->pairs);
		inf->pairs[inf->count] =
			(struct pair){ .from = from, .to = to, .root = file->root };
		*number = (uint32_t)++inf->count;
	}
	inf->pairs[*number - 1].votes += votes;
	inf->pairs[*number - 1].weak |= weak;
	return &inf->pairs[*number - 1];
}

/* Of files that are the same in their last parts alone, those that say themselves that they are meant, if any do. */
static void
keep_packages(const struct inference *inf, struct span name, struct candidates *c)
{
	struct span folder = folder_of(name);
	size_t count = 0;

	if (c->parts != 1 || c->count < 2 || folder.len == 0 || name.at[0] == '/' ||
	    inf->in->is_package == NULL)
		return;
	folder.len--;
	for (size_t i = 0; i < c->count; i++) {
		if (inf->in->is_package(inf->in->ctx, inf->in->files[c->files[i]].path, folder))
			c->files[count++] = c->files[i];
	}
	c->count = count > 0 ? count : c->count;
}

static void
vote_for_name(struct inference *inf, struct span name)
{
	struct candidates c = { 0 };
	size_t at = find_end(inf, name);
	bool good, flat;

	gather(inf, name, at, 1, &c);
	if (at > 0)
		gather(inf, name, at - 1, -1, &c);
	keep_packages(inf, name, &c);
	keep_nearest(inf, &c);
	if (c.parts == 0 || c.too_many)
		return;
	good = c.parts > 1 || may_match_alone(inf, name, &c);
	flat = !good && is_flat_match(inf, name, &c);
	for (size_t k = 0; k < c.count; k++) {
		struct pair *p = note_pair(inf, name, &inf->in->files[c.files[k]], good,
					   good && c.parts == 1 && folder_of(name).len > 0);

		if (flat)
			p->flat += is_common_name(base_of(name)) ? 1 : 2;
	}
}

/* What has no other vote may have some of names that are the same in their last parts alone. */
static void
count_flat_votes(struct inference *inf)
{
	for (size_t i = 0; i < inf->count; i++) {
		struct pair *p = &inf->pairs[i];

		p->is_flat = p->votes == 0 && p->flat >= FLAT_LEAST;
		if (p->is_flat)
			p->votes = 1;
	}
}

static int
compare_votes(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->votes != y->votes)
		return x->votes > y->votes ? -1 : 1;
	return x->from.len == y->from.len ? 0 : x->from.len < y->from.len ? -1 : 1;
}

static bool
is_file(const struct inference *inf, struct span path)
{
	size_t at = find_end(inf, path);

	return at < inf->in->file_count &&
	       compare_ends(inf->in->files[at].path, path, inf->in->any_case) == 0;
}

/* Looks which names a pair makes files. One with a weak match takes only what its package confirms. */
static void
look_closer(struct inference *inf, struct pair *p)
{
	struct buf path = { 0 };

	p->has = mem_alloc(inf->in->name_count, sizeof *p->has);
	for (size_t i = 0; i < inf->in->name_count; i++) {
		struct span name = inf->in->names[i], folder = folder_of(name);

		if (!starts_with(inf, name, p->from))
			continue;
		buf_reset(&path);
		buf_add(&path, p->to);
		buf_add(&path, span_cut(name, p->from.len, name.len));
		p->has[i] = is_file(inf, buf_span(&path));
		if (p->has[i] && p->weak && folder.len > 0 && inf->in->is_package != NULL)
			p->has[i] = inf->in->is_package(inf->in->ctx, buf_span(&path),
							span_cut(folder, 0, folder.len - 1));
	}
	buf_free(&path);
}

struct tally {
	uint32_t tried, found;
};

/* Of the unsettled names that begin with `from`: how many are files by `p`. */
static struct tally
count_names(const struct inference *inf, const struct pair *p, struct span from)
{
	struct tally t = { 0, 0 };

	for (size_t i = 0; i < inf->in->name_count; i++) {
		if (inf->settled[i] || !starts_with(inf, inf->in->names[i], from))
			continue;
		t.tried++;
		t.found += p->has[i];
	}
	return t;
}

/* The folder that all names lie in that are files by `p`. */
static struct span
narrow(const struct inference *inf, const struct pair *p)
{
	struct span all = { 0 };
	bool any = false;

	for (size_t i = 0; i < inf->in->name_count; i++) {
		if (inf->settled[i] || !p->has[i])
			continue;
		if (!any)
			all = folder_of(inf->in->names[i]);
		any = true;
		while (!starts_with(inf, inf->in->names[i], all))
			all = folder_of(span_cut(all, 0, all.len - 1));
	}
	return all;
}

static bool
is_most(struct tally t)
{
	return t.found * 2 > t.tried;
}

/* Does a pair lie under the folder of one that is accepted? Names of packages and absolute ones have
 * nothing to do with each other. */
static bool
is_below_accepted(const struct inference *inf, struct span from)
{
	bool absolute = from.len > 0 && from.at[0] == '/', below = false;

	for (size_t i = 0; i < inf->count && !below; i++)
		below = inf->pairs[i].accepted && starts_with(inf, from, inf->pairs[i].from) &&
			(inf->pairs[i].from.len > 0 || !absolute);
	return below;
}

/* Do more of the names that begin as the pair says lead to files by another one? */
static bool
is_minor(const struct inference *inf, const struct pair *p)
{
	uint32_t found = count_names(inf, p, p->from).found;
	bool minor = false;

	for (size_t i = 0; i < inf->count && !minor; i++) {
		const struct pair *q = &inf->pairs[i];

		minor = q != p && q->votes > 0 && span_equal(q->from, p->from) &&
			count_names(inf, q, q->from).found > found;
	}
	return minor;
}

/* How the pair may be accepted: *from is its own or a narrower one. */
static bool
is_acceptable(const struct inference *inf, const struct pair *p, struct span *from,
	      struct tally *tally)
{
	*from = p->from;
	*tally = count_names(inf, p, *from);
	if (p->is_flat)
		return (size_t)tally->found * 2 > inf->in->name_count;
	if (tally->found == 0 || p->weak)
		return tally->found > 0; /* each of its files says so itself */
	if (!is_most(*tally)) {
		*from = narrow(inf, p);
		*tally = count_names(inf, p, *from);
		/* One or two of what was measured in another folder, and has gone from there. */
		if (tally->found < SECOND_LEAST && is_minor(inf, p))
			return false;
	}
	return is_most(*tally) &&
	       (tally->found >= SECOND_LEAST || !is_below_accepted(inf, p->from));
}

static uint32_t
count_contested(const struct inference *inf, const struct pair *p, const struct pair *q)
{
	uint32_t both = 0;

	for (size_t i = 0; i < inf->in->name_count; i++)
		both += !inf->settled[i] && p->has[i] && q->has[i];
	return both;
}

static void
settle(struct inference *inf, const struct pair *p, struct span from)
{
	for (size_t i = 0; i < inf->in->name_count; i++) {
		if (p->has[i] || (!p->weak && starts_with(inf, inf->in->names[i], from)))
			inf->settled[i] = true;
	}
}

/* Adds that `from`, which begins with the pair's own, leads to the same folder as by the pair. */
static void
accept(struct inference *inf, struct pair *p, struct span from, struct tally tally)
{
	struct infer_result *r = inf->result;
	struct buf to = { 0 };

	p->accepted = true;
	if (r->count == RULES_MAX)
		return;
	buf_add(&to, p->to);
	buf_add(&to, span_cut(from, p->from.len, from.len));
	r->pairs = mem_grow(r->pairs, r->count, &r->cap, sizeof *r->pairs);
	r->pairs[r->count++] = (struct infer_pair){ mem_text(from.at, from.len), buf_take(&to),
						    tally.tried, tally.found, p->weak };
}

static void
tell_tie(struct inference *inf, const struct pair *p, const struct pair *q)
{
	for (size_t i = 0; i < inf->in->name_count && inf->result->trouble[0] == '\0'; i++) {
		struct span name = inf->in->names[i];

		if (inf->settled[i] || !p->has[i] || !q->has[i])
			continue;
		snprintf(inf->result->trouble, sizeof inf->result->trouble,
			 "'%.*s' may be '%.*s%.*s' or '%.*s%.*s'; set covls.pathMappings",
			 (int)name.len, name.at, (int)p->to.len, p->to.at,
			 (int)(name.len - p->from.len), name.at + p->from.len, (int)q->to.len,
			 q->to.at, (int)(name.len - q->from.len), name.at + q->from.len);
	}
}

static size_t
nearness(const struct inference *inf, const struct pair *p, struct span name)
{
	struct buf path = { 0 };
	size_t near;

	buf_add(&path, p->to);
	buf_add(&path, span_cut(name, p->from.len, name.len));
	near = common_start(buf_span(&path), inf->in->near);
	buf_free(&path);
	return near;
}

/* Of the files that both make of the same names, are more of p's nearer to the report (<0) or of q's? */
static int
compare_nearness(const struct inference *inf, const struct pair *p, const struct pair *q)
{
	int more = 0;

	for (size_t i = 0; i < inf->in->name_count; i++) {
		size_t near_p, near_q;

		if (inf->settled[i] || !p->has[i] || !q->has[i])
			continue;
		near_p = nearness(inf, p, inf->in->names[i]);
		near_q = nearness(inf, q, inf->in->names[i]);
		more += (near_q > near_p) - (near_p > near_q);
	}
	return more;
}

/* Is the last part of `from` that of a folder in the workspace, on the way to `to`? */
static bool
names_its_folder(const struct pair *p)
{
	struct span part = p->from, rest = p->to;
	bool names = false;

	if (part.len < 2)
		return false;
	part.len--;
	part = base_of(part);
	span_skip(&rest, p->root);
	while (rest.len > 0 && !names) {
		const char *slash = memchr(rest.at, '/', rest.len);
		size_t len = slash == NULL ? rest.len : (size_t)(slash - rest.at);

		names = span_equal(span_cut(rest, 0, len), part);
		span_skip(&rest, slash == NULL ? len : len + 1);
	}
	return names;
}

/* Does what both replace name a folder on the way to p alone, where no fewer files are? So JaCoCo's groups do, which
 * are called like the modules. */
static bool
is_named(const struct pair *p, uint32_t found_p, const struct pair *q, uint32_t found_q)
{
	return found_p >= found_q && span_equal(p->from, q->from) && names_its_folder(p) &&
	       !names_its_folder(q);
}

/* Of two that take the same names to different files, which is right: <0 the first, >0 the second. */
static int
decide(const struct inference *inf, const struct pair *p, const struct pair *q)
{
	uint32_t found_p = count_names(inf, p, p->from).found;
	uint32_t found_q = count_names(inf, q, q->from).found;
	int nearer = compare_nearness(inf, p, q);

	if (nearer != 0)
		return nearer;
	if (is_named(p, found_p, q, found_q) != is_named(q, found_q, p, found_p))
		return is_named(p, found_p, q, found_q) ? -1 : 1;
	if (p->from.len < q->from.len && found_p >= found_q)
		return -1;
	if (q->from.len < p->from.len && found_q >= found_p)
		return 1;
	return 0;
}

/* The pair with the most names that are not settled. */
static struct pair *
find_best(struct inference *inf)
{
	struct pair *best = NULL;
	uint32_t most = 0;

	for (size_t i = 0; i < inf->count; i++) {
		struct pair *p = &inf->pairs[i];
		bool out = p->done || p->votes == 0 || p->from.len == 0;
		uint32_t found = out ? 0 : count_names(inf, p, p->from).found;

		if (found > most) {
			best = p;
			most = found;
		}
	}
	return best;
}

/* Does q take half of the names that p explains elsewhere, or, with as much to say for it, some? */
static bool
is_rival(const struct inference *inf, const struct pair *p, uint32_t found, const struct pair *q)
{
	uint32_t contested = count_contested(inf, p, q);

	return contested > 0 && (contested * 2 >= found || q->votes >= p->votes);
}

/* The one that wins over all that are contested with it, or NULL if there is a tie. */
static struct pair *
find_winner(struct inference *inf, struct pair *p)
{
	uint32_t found = count_names(inf, p, p->from).found;
	struct pair *winner = p;

	for (size_t i = 0; i < inf->count; i++) {
		struct pair *q = &inf->pairs[i];
		int order;

		if (q == p || !is_rival(inf, p, found, q))
			continue;
		order = decide(inf, winner, q);
		if (order == 0) {
			tell_tie(inf, winner, q);
			return NULL;
		}
		if (order > 0)
			winner = q;
	}
	return winner;
}

static void
accept_in_turn(struct inference *inf)
{
	struct pair *p;

	while ((p = find_best(inf)) != NULL) {
		struct pair *winner = p;
		struct span from;
		struct tally tally;
		bool good = is_acceptable(inf, p, &from, &tally);

		p->done = true;
		if (good && (winner = find_winner(inf, p)) == NULL) {
			settle(inf, p, from);
		} else if (good) {
			if (winner != p)
				good = winner->votes > 0 && !winner->done &&
				       is_acceptable(inf, winner, &from, &tally);
			winner->done = true;
			if (good)
				accept(inf, winner, from, tally);
			if (good)
				settle(inf, winner, from);
		}
	}
}

/* Names of one folder with one extension; those that are whole ends of files' names. */
struct group {
	struct span folder, extension;
	size_t owner; /* number of the pair from 1, or 0 */
	bool open;    /* without an owner, though some names may be files */
	struct tally tally;
};

struct groups {
	struct group *at;
	size_t count, cap;
	uint32_t *of;     /* of each name its group, from 1; 0: none */
	uint32_t *counts; /* of each group, of each pair: how many of the names are files by it */
};

static struct span
extension_of(struct span name)
{
	struct span base = base_of(name);
	size_t at = base.len;

	while (at > 0 && base.at[at - 1] != '.')
		at--;
	span_skip(&base, at == 0 ? base.len : at);
	return base;
}

static void
make_groups(const struct inference *inf, struct groups *groups)
{
	struct name_set known = { 0 };
	struct buf key = { 0 };

	groups->at = mem_grow(NULL, 0, &groups->cap, sizeof *groups->at);
	groups->of = mem_alloc(inf->in->name_count, sizeof *groups->of);
	for (size_t i = 0; i < inf->in->name_count; i++) {
		struct span name = inf->in->names[i], folder = folder_of(name);
		uint32_t *number;

		if (inf->settled[i] || name.len == 0 || name.at[0] == '/')
			continue;
		buf_reset(&key);
		buf_add(&key, folder);
		buf_add(&key, extension_of(name));
		number = name_set_put(&known, 0, buf_span(&key));
		if (*number == 0) {
			groups->at = mem_grow(groups->at, groups->count, &groups->cap,
					      sizeof *groups->at);
			groups->at[groups->count] =
				(struct group){ .folder = folder, .extension = extension_of(name) };
			*number = (uint32_t)++groups->count;
		}
		groups->of[i] = *number;
		groups->at[*number - 1].tally.tried++;
	}
	name_set_free(&known);
	buf_free(&key);
}

static void
count_groups(const struct inference *inf, struct groups *groups)
{
	groups->counts = mem_alloc(groups->count * inf->count, sizeof *groups->counts);
	for (size_t i = 0; i < inf->in->name_count; i++) {
		for (size_t k = 0; k < inf->count && groups->of[i] != 0; k++) {
			if (inf->pairs[k].from.len == 0 && inf->pairs[k].has[i])
				groups->counts[(groups->of[i] - 1) * inf->count + k]++;
		}
	}
}

/* How many names of a group both pairs make files; *nearer is as compare_nearness(). */
static uint32_t
compare_in_group(const struct inference *inf, const struct groups *groups, size_t group,
		 const struct pair *p, const struct pair *q, int *nearer)
{
	uint32_t both = 0;

	*nearer = 0;
	for (size_t i = 0; i < inf->in->name_count; i++) {
		size_t near_p, near_q;

		if (groups->of[i] != group + 1 || !p->has[i] || !q->has[i])
			continue;
		both++;
		near_p = nearness(inf, p, inf->in->names[i]);
		near_q = nearness(inf, q, inf->in->names[i]);
		*nearer += (near_q > near_p) - (near_p > near_q);
	}
	return both;
}

/* Sets the pair that has most of the names of a group, unless another one has them, too. */
static void
find_owner(struct inference *inf, struct groups *groups, size_t at)
{
	const uint32_t *counts = &groups->counts[at * inf->count];
	struct group *group = &groups->at[at];
	size_t best = 0;

	/* Those with votes go first. */
	for (size_t k = 1; k < inf->count && inf->pairs[k].votes > 0; k++)
		best = counts[k] > counts[best] ? k : best;
	if (counts[best] == 0 || inf->pairs[best].votes == 0)
		return;
	for (size_t k = 0; k < inf->count; k++) {
		uint32_t both;
		int nearer;

		if (k == best || counts[k] == 0)
			continue;
		both = compare_in_group(inf, groups, at, &inf->pairs[best], &inf->pairs[k],
					&nearer);
		if (both == 0 || nearer < 0 ||
		    (both * 2 < counts[best] && inf->pairs[k].votes < inf->pairs[best].votes))
			continue;
		if (nearer == 0) {
			tell_tie(inf, &inf->pairs[best], &inf->pairs[k]);
			return;
		}
		best = k;
	}
	group->tally.found = counts[best];
	if (is_most(group->tally))
		group->owner = best + 1;
}

/* Do all groups below `folder` that belong to anybody belong to that owner? */
static bool
is_owned(const struct groups *groups, struct span folder, size_t owner)
{
	for (size_t i = 0; i < groups->count; i++) {
		if (groups->at[i].owner != owner &&
		    (groups->at[i].owner != 0 || groups->at[i].open) &&
		    span_starts(groups->at[i].folder, folder))
			return false;
	}
	return true;
}

static void
accept_once(struct inference *inf, struct pair *p, struct span from)
{
	for (size_t i = 0; i < inf->result->count; i++) {
		const struct infer_pair *old = &inf->result->pairs[i];

		if (span_equal(span_of(old->from), from) && span_starts(span_of(old->to), p->to) &&
		    strlen(old->to) == p->to.len + from.len)
			return;
	}
	accept(inf, p, from, count_names(inf, p, from));
}

/* Is a name that no group explains a file by its package? */
static bool
has_weak_pair(const struct inference *inf, size_t name)
{
	bool has = false;

	for (size_t k = 0; k < inf->count && !has; k++)
		has = inf->pairs[k].weak && inf->pairs[k].has[name];
	return has;
}

/* Do the groups, and packages told by the files themselves, explain most of the names? */
static bool
explain_most(const struct inference *inf, const struct groups *groups)
{
	struct tally all = { 0, 0 };

	for (size_t i = 0; i < inf->in->name_count; i++) {
		size_t owner;

		if (groups->of[i] == 0)
			continue;
		owner = groups->at[groups->of[i] - 1].owner;
		all.tried++;
		all.found += owner != 0 ? inf->pairs[owner - 1].has[i] : has_weak_pair(inf, i);
	}
	return is_most(all);
}

/* Would a rule for the folder speak of names that nobody owns, but that are files somewhere? */
static bool
has_open(const struct groups *groups, struct span folder)
{
	bool open = false;

	for (size_t i = 0; i < groups->count && !open; i++)
		open = groups->at[i].open && span_starts(groups->at[i].folder, folder);
	return open;
}

static void
accept_group(struct inference *inf, const struct groups *groups, const struct group *group)
{
	struct span from = group->folder;

	if (has_open(groups, from))
		return;
	while (from.len > 0) {
		struct span above = folder_of(span_cut(from, 0, from.len - 1));

		if (!is_owned(groups, above, group->owner))
			break;
		from = above;
	}
	accept_once(inf, &inf->pairs[group->owner - 1], from);
}

/* Packages and their like: names that lack the start of the path alone. */
static void
accept_whole_names(struct inference *inf)
{
	struct groups groups = { 0 };
	bool good;

	make_groups(inf, &groups);
	count_groups(inf, &groups);
	for (size_t i = 0; i < groups.count && inf->count > 0; i++)
		find_owner(inf, &groups, i);
	for (size_t i = 0; i < groups.count; i++) {
		for (size_t k = 0; k < inf->count && groups.at[i].owner == 0; k++)
			groups.at[i].open |= groups.counts[i * inf->count + k] > 0;
	}
	good = explain_most(inf, &groups);
	for (size_t i = 0; i < groups.count && good; i++) {
		if (groups.at[i].owner != 0)
			accept_group(inf, &groups, &groups.at[i]);
	}
	for (size_t i = 0; i < inf->in->name_count && good; i++) {
		if (groups.of[i] != 0 && groups.at[groups.of[i] - 1].owner != 0)
			inf->settled[i] = true;
	}
	free(groups.at);
	free(groups.of);
	free(groups.counts);
}

static int
compare_pairs(const void *a, const void *b)
{
	const struct infer_pair *x = a, *y = b;
	size_t m = strlen(x->from), n = strlen(y->from);

	return m != n ? (m > n ? -1 : 1) : strcmp(x->from, y->from);
}

void
infer_pairs(const struct infer_input *in, struct infer_result *result)
{
	struct inference inf = { .in = in, .result = result };
	size_t count;

	if (in->name_count == 0 || in->file_count == 0)
		return;
	inf.settled = mem_alloc(in->name_count, sizeof *inf.settled);
	qsort(in->files, in->file_count, sizeof *in->files,
	      in->any_case ? compare_files_in_any_case : compare_files);
	for (size_t i = 0; i < in->name_count; i++)
		vote_for_name(&inf, in->names[i]);
	count_flat_votes(&inf);
	count = inf.count;
	if (count > 0)
		qsort(inf.pairs, count, sizeof *inf.pairs, compare_votes);
	inf.count = count < PAIRS_MAX ? count : PAIRS_MAX;
	for (size_t i = 0; i < inf.count; i++)
		look_closer(&inf, &inf.pairs[i]);
	if (inf.pairs != NULL) {
		accept_whole_names(&inf);
		accept_in_turn(&inf);
	}
	if (result->count > 1)
		qsort(result->pairs, result->count, sizeof *result->pairs, compare_pairs);
	for (size_t i = 0; i < inf.count; i++)
		free(inf.pairs[i].has);
	free(inf.pairs);
	free(inf.settled);
	name_set_free(&inf.known);
}

void
infer_free(struct infer_result *result)
{
	for (size_t i = 0; i < result->count; i++) {
		free(result->pairs[i].from);
		free(result->pairs[i].to);
	}
	free(result->pairs);
	*result = (struct infer_result){ 0 };
}
