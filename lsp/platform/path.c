#include "platform/path.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

bool
path_is_absolute(const char *path)
{
	return path[0] == '/';
}

/* Adds the parts of `path` to the normal path in `out`, which is "" or begins with '/'. */
static void
add_parts(struct buf *out, const char *path)
{
	while (*path != '\0') {
		size_t len = strcspn(path, "/");

		if (len == 2 && memcmp(path, "..", 2) == 0) {
			while (out->len > 0 && out->at[--out->len] != '/')
				continue;
		} else if (len > 0 && !(len == 1 && *path == '.')) {
			buf_add_char(out, '/');
			buf_add(out, (struct span){ path, len });
		}
		path += len;
		path += *path == '/';
	}
}

char *
path_join(const char *base, const char *name)
{
	struct buf out = { 0 };

	if (path_is_absolute(name)) {
		add_parts(&out, name);
	} else if (path_is_absolute(base)) {
		add_parts(&out, base);
		add_parts(&out, name);
	} else {
		/* Relative to a relative folder: nothing to resolve ".." against, so only join. */
		buf_addf(&out, "%s/%s", base, name);
	}
	if (out.len == 0)
		buf_add_char(&out, '/');
	return buf_take(&out);
}

char *
path_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return mem_copy(".");
	return mem_text(path, slash == path ? 1 : (size_t)(slash - path));
}

const char *
path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

const char *
path_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	if (strcmp(folder, "/") == 0)
		return path[0] == '/' && path[1] != '\0' ? path + 1 : NULL;
	if (strncmp(path, folder, len) != 0 || path[len] != '/')
		return NULL;
	return path + len + 1;
}

bool
path_is_within(const char *path, const char *folder)
{
	return strcmp(path, folder) == 0 || path_below(path, folder) != NULL;
}

/* Goes behind the next name and its separator. */
static const char *
skip_name(const char *path)
{
	path += strcspn(path, "/");
	return path + (*path == '/');
}

char *
path_relative(const char *path, const char *from)
{
	struct buf out = { 0 };

	path++;
	from++;
	while (*path != '\0' && *from != '\0') {
		size_t len = strcspn(path, "/");

		if (len != strcspn(from, "/") || strncmp(path, from, len) != 0)
			break;
		path = skip_name(path);
		from = skip_name(from);
	}
	for (; *from != '\0'; from = skip_name(from))
		buf_add_text(&out, out.len == 0 ? ".." : "/..");
	if (*path != '\0' && out.len > 0)
		buf_add_char(&out, '/');
	buf_add_text(&out, path);
	if (out.len == 0)
		buf_add_char(&out, '.');
	return buf_take(&out);
}

char *
path_real(const char *path)
{
	return realpath(path, NULL);
}

static void
go_up(struct buf *path)
{
	while (path->len > 0 && path->at[--path->len] != '/')
		continue;
}

/* Adds one name to a path and resolves it if it is there. */
static void
go_down(struct buf *path, struct span name)
{
	char *real;

	buf_add_char(path, '/');
	buf_add(path, name);
	real = path_real(buf_text(path));
	if (real == NULL)
		return;
	buf_reset(path);
	if (strcmp(real, "/") != 0)
		buf_add_text(path, real);
	free(real);
}

/* Walks the names of `more`; `path` is "" for the root. */
static void
walk(struct buf *path, const char *more)
{
	while (*more != '\0') {
		size_t len = strcspn(more, "/");
		struct span name = { more, len };

		if (span_equal(name, SPAN("..")))
			go_up(path);
		else if (len > 0 && !span_equal(name, SPAN(".")))
			go_down(path, name);
		more += len;
		more += *more == '/';
	}
}

/* realpath() resolves what is there in one go; only where that fails is the path walked name by name. */
char *
path_resolve(const char *folder, const char *path)
{
	struct buf out = { 0 };
	char *real;

	if (!path_is_absolute(path))
		buf_addf(&out, "%s/", folder);
	buf_add_text(&out, path);
	real = path_real(buf_text(&out));
	buf_reset(&out);
	if (real != NULL) {
		buf_free(&out);
		return real;
	}
	if (!path_is_absolute(path))
		walk(&out, folder);
	walk(&out, path);
	if (out.len == 0)
		buf_add_char(&out, '/');
	return buf_take(&out);
}

char *
path_current(void)
{
	size_t size = 256;
	char *path = mem_alloc(size, 1);

	while (getcwd(path, size) == NULL) {
		size *= 2;
		if (size > 1 << 20) { /* the folder has been deleted under us */
			free(path);
			return mem_copy("/");
		}
		path = mem_resize(path, size, 1);
	}
	return path;
}

char *
path_home(void)
{
	const char *home = getenv("HOME");

	return home != NULL && path_is_absolute(home) ? path_join("/", home) : NULL;
}

/* `user` is not NUL-terminated; none is the one who runs covls. */
static char *
home_of(const char *user, size_t len)
{
	const struct passwd *entry;
	char *name;

	if (len == 0)
		return path_home();
	name = mem_text(user, len);
	entry = getpwnam(name);
	free(name);
	return entry == NULL ? NULL : mem_copy(entry->pw_dir);
}

char *
path_expand_home(const char *path)
{
	size_t len = strcspn(path, "/");
	struct buf out = { 0 };
	char *home = *path == '~' ? home_of(path + 1, len - 1) : NULL;

	if (home == NULL)
		return mem_copy(path);
	buf_add_text(&out, home);
	while (out.len > 0 && out.at[out.len - 1] == '/')
		out.len--;
	buf_add_text(&out, path + len);
	if (out.len == 0)
		buf_add_char(&out, '/');
	free(home);
	return buf_take(&out);
}

char *
path_absolute(const char *path)
{
	char *current = path_current(), *absolute = path_join(current, path);

	free(current);
	return absolute;
}
