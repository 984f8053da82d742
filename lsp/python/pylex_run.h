/* pylex_run.h - long runs of bytes that the lexer need not look at one by one. */
#ifndef COVLS_PYTHON_PYLEX_RUN_H
#define COVLS_PYTHON_PYLEX_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "pylex_eight.h"

/* CR, LF and NUL are below it, and not much else that occurs in text. */
#define CONTROL_END 14

static inline bool
ends_comment(uint8_t c)
{
	return c == '\n' || c == '\r' || c == 0;
}

/* The next line end or NUL, or the end. */
static inline const uint8_t *
skip_comment(const uint8_t *p, const uint8_t *end)
{
	while (end - p >= 8) {
		uint64_t mask = eight_below(eight_load(p), CONTROL_END);

		if (mask == 0) {
			p += 8;
			continue;
		}
		p += eight_first(mask);
		if (ends_comment(*p))
			return p;
		p++;
	}
	while (p < end && !ends_comment(*p))
		p++;
	return p;
}

static inline bool
stops_string(uint8_t c, uint8_t quote)
{
	return c == quote || c == '\\' || c == '\n' || c == '\r' || c == 0;
}

/* The next quote, backslash, line end or NUL, or the end. */
static inline const uint8_t *
skip_string(const uint8_t *p, const uint8_t *end, uint8_t quote)
{
	while (end - p >= 8) {
		uint64_t x = eight_load(p);
		uint64_t mask =
			eight_below(x, CONTROL_END) | eight_equal(x, quote) | eight_equal(x, '\\');

		if (mask == 0) {
			p += 8;
			continue;
		}
		p += eight_first(mask);
		if (stops_string(*p, quote))
			return p;
		p++;
	}
	while (p < end && !stops_string(*p, quote))
		p++;
	return p;
}

/* The same for an f-string, which stops at { and } too. */
static inline const uint8_t *
skip_fstring(const uint8_t *p, const uint8_t *end, uint8_t quote)
{
	while (p < end && *p != '{' && *p != '}' && !stops_string(*p, quote))
		p++;
	return p;
}

static inline const uint8_t *
skip_spaces(const uint8_t *p, const uint8_t *end)
{
	while (end - p >= 8) {
		uint64_t others = eight_load(p) ^ (EIGHT_ONES * ' ');

		if (others != 0)
			return p + eight_first(others);
		p += 8;
	}
	while (p < end && *p == ' ')
		p++;
	return p;
}

#endif
