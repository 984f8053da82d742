/*
 * python_version.h - by the rules of which Python a source is read.
 *
 * What is a statement differs from one Python to the next. The one that runs the tests is found, in
 * this order, in
 *
 * 1. the setting (pythonVersion, --python);
 * 2. the virtual environment that is in force (VIRTUAL_ENV), or the one that lies in or above the
 *    source: a pyvenv.cfg in a folder itself or in its .venv, venv or env;
 * 3. a .python-version of pyenv or uv in or above it: the first line with a version of Python;
 * 4. requires-python of a pyproject.toml in or above it: the newest that it allows, as that is what a
 *    fresh environment would get;
 * 5. else it is the newest that covls knows.
 *
 * In each step the nearest folder counts. A file without a version, or one that can't be read, is
 * passed over. Versions older or newer than covls knows (3.10 to 3.14) stand for the nearest, and the
 * origin says so.
 */
#ifndef COVLS_CONFIG_PYTHON_VERSION_H
#define COVLS_CONFIG_PYTHON_VERSION_H

#include <stdbool.h>

#include "base/span.h"

struct python_version {
	unsigned minor; /* of 3.minor: PYTHON_MINOR_MIN to PYTHON_MINOR_MAX */
	char *origin;   /* "3.12, from .venv/pyvenv.cfg"; never NULL */
};

/* The minor number of a text such as 3.12 or 3.12.1; false if it isn't one. */
bool python_version_parse(struct span text, unsigned *minor);

/*
 * Fills *v; end with python_version_free(). `asked` is what the user says, which is passed over if it
 * is no version, and `by` who says it ("the setting pythonVersion"); NULL: nothing. `folder` is where
 * the source lies, `top` it or a folder above it, the last to look in; both absolute and normal. Files
 * are called by their names as seen from `top`.
 */
void python_version_find(struct python_version *v, const char *asked, const char *by,
			 const char *folder, const char *top);
void python_version_free(struct python_version *v);

/* Is there a file in this folder that a version could be found in? If not, what holds for the folder above
 * holds here. */
bool python_version_may_be_in(const char *folder);

/* The newest minor number, of any, that a `requires-python` such as ">=3.10,<3.13" allows (PEP 440),
 * of those from `least` to `most`; false if there is none, or if it is not understood. */
bool python_version_allowed(struct span specifiers, unsigned least, unsigned most, unsigned *minor);

#endif
