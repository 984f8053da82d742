#include "format/json_stream.h"

#include "json_skip.h"
#include "text/utf8.h"

/* Between two bytes the machine is in one of these. What may follow is in the name. */
enum {
	AT_VALUE,        /* a value must come */
	AT_VALUE_OR_END, /* after '[' */
	AT_KEY_OR_END,   /* after '{' */
	AT_KEY,          /* after ',' in an object */
	AT_COLON,
	AT_COMMA_OR_END,
	AT_NOTHING, /* the value is complete: only white space */
	IN_WORD,    /* true, false, null */
	IN_STRING,
	IN_ESCAPE,         /* after a backslash */
	IN_HEX,            /* in the digits of \uXXXX */
	AFTER_HIGH,        /* after \uD8xx: the backslash of its other half */
	AFTER_HIGH_ESCAPE, /* and its 'u' */
	/* Passed over, as a value or as the rest of an object or array; as in enum skip_place. */
	PASS_VALUE,
	PASS_VALUE_STRING,
	PASS_VALUE_ESCAPE,
	PASS_REST,
	PASS_REST_STRING,
	PASS_REST_ESCAPE,
	/* Numbers: as in the grammar of RFC 8259, section 6. */
	IN_MINUS,
	IN_ZERO,
	IN_DIGITS,
	IN_POINT,
	IN_FRACTION,
	IN_E,
	IN_E_SIGN,
	IN_E_DIGITS,
	BROKEN,
};

#define REPLACEMENT "\xef\xbf\xbd"

static enum json_event
bad(struct json_stream *j, const char *fault)
{
	j->state = BROKEN;
	j->fault = fault;
	return JSON_BAD;
}

static void
use(struct json_stream *j, struct span *in, size_t n)
{
	span_skip(in, n);
	j->offset += n;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
in_object(const struct json_stream *j)
{
	return (j->kinds >> (j->depth - 1) & 1) != 0;
}

static void
after_value(struct json_stream *j)
{
	j->state = j->depth == 0 ? AT_NOTHING : AT_COMMA_OR_END;
}

static enum json_event
open(struct json_stream *j, bool object)
{
	if (j->depth == JSON_DEPTH_MAX)
		return bad(j, "nested too deeply");
	if (j->skipping) {
		j->floor = j->depth++;
		j->state = PASS_VALUE;
		return JSON_MORE;
	}
	j->kinds = (j->kinds & ~(UINT64_C(1) << j->depth)) | (uint64_t)object << j->depth;
	j->depth++;
	j->state = object ? AT_KEY_OR_END : AT_VALUE_OR_END;
	return object ? JSON_OBJECT : JSON_ARRAY;
}

static enum json_event
close(struct json_stream *j, bool object)
{
	if (j->depth == 0 || in_object(j) != object)
		return bad(j, "a bracket does not match");
	j->depth--;
	after_value(j);
	return object ? JSON_OBJECT_END : JSON_ARRAY_END;
}

/* A value that is passed over has ended. */
static enum json_event
skipped(struct json_stream *j)
{
	j->skipping = false;
	after_value(j);
	return JSON_SKIPPED;
}

/* The first byte of a value. JSON_MORE: nothing to tell yet. */
static enum json_event
start_value(struct json_stream *j, char c)
{
	j->start = j->offset - 1;
	j->first = c;
	switch (c) {
	case '{':
		return open(j, true);
	case '[':
		return open(j, false);
	case '"':
		j->state = j->skipping ? PASS_VALUE_STRING : IN_STRING;
		j->floor = j->depth;
		j->in_key = false;
		return JSON_MORE;
	case 't':
		j->word = "true";
		break;
	case 'f':
		j->word = "false";
		break;
	case 'n':
		j->word = "null";
		break;
	default:
		if (c != '-' && !is_digit(c))
			return bad(j, "a value is missing");
		j->number[0] = c;
		j->number_len = 1;
		j->state = c == '-' ? IN_MINUS : c == '0' ? IN_ZERO : IN_DIGITS;
		return JSON_MORE;
	}
	j->word_at = 1;
	j->state = IN_WORD;
	return JSON_MORE;
}

/* A byte between values. */
static enum json_event
step_outside(struct json_stream *j, char c)
{
	if (is_space(c))
		return JSON_MORE;
	switch (j->state) {
	case AT_VALUE_OR_END:
		if (c == ']')
			return close(j, false);
		return start_value(j, c);
	case AT_VALUE:
		return start_value(j, c);
	case AT_KEY_OR_END:
		if (c == '}')
			return close(j, true);
		/* fall through */
	case AT_KEY:
		if (c != '"')
			return bad(j, "a key is missing");
		j->state = IN_STRING;
		j->in_key = true;
		return JSON_MORE;
	case AT_COLON:
		if (c != ':')
			return bad(j, "a colon is missing");
		j->state = AT_VALUE;
		return JSON_MORE;
	case AT_COMMA_OR_END:
		if (c == ',') {
			j->state = in_object(j) ? AT_KEY : AT_VALUE;
			return JSON_MORE;
		}
		if (c == ']' || c == '}')
			return close(j, c == '}');
		return bad(j, "a comma is missing");
	default:
		return bad(j, "something follows the value");
	}
}

static enum json_event
step_word(struct json_stream *j, char c)
{
	if (c != j->word[j->word_at])
		return bad(j, "an unknown word");
	j->word_at++;
	if (j->word[j->word_at] != '\0')
		return JSON_MORE;
	if (j->skipping)
		return skipped(j);
	after_value(j);
	return j->word[0] == 't' ? JSON_TRUE : j->word[0] == 'f' ? JSON_FALSE : JSON_NULL;
}

static bool
is_number_end(uint8_t state)
{
	return state == IN_ZERO || state == IN_DIGITS || state == IN_FRACTION ||
	       state == IN_E_DIGITS;
}

/* The state after `c` in a number; BROKEN if `c` is no part of it. */
static uint8_t
number_step(uint8_t state, char c)
{
	switch (state) {
	case IN_MINUS:
		return c == '0' ? IN_ZERO : is_digit(c) ? IN_DIGITS : BROKEN;
	case IN_DIGITS:
		if (is_digit(c))
			return IN_DIGITS;
		/* fall through */
	case IN_ZERO:
		return c == '.' ? IN_POINT : (c | 0x20) == 'e' ? IN_E : BROKEN;
	case IN_POINT:
		return is_digit(c) ? IN_FRACTION : BROKEN;
	case IN_FRACTION:
		return is_digit(c) ? IN_FRACTION : (c | 0x20) == 'e' ? IN_E : BROKEN;
	case IN_E:
		if (c == '+' || c == '-')
			return IN_E_SIGN;
		/* fall through */
	case IN_E_SIGN:
	case IN_E_DIGITS:
		return is_digit(c) ? IN_E_DIGITS : BROKEN;
	default:
		return BROKEN;
	}
}

static enum json_event
number_done(struct json_stream *j, struct span *piece)
{
	if (j->skipping)
		return skipped(j);
	*piece = (struct span){ j->number, j->number_len };
	after_value(j);
	return JSON_NUMBER;
}

static enum json_event
next_in_number(struct json_stream *j, struct span *in, struct span *piece)
{
	while (in->len > 0) {
		uint8_t next = number_step(j->state, *in->at);

		if (next == BROKEN)
			return is_number_end(j->state) ? number_done(j, piece)
						       : bad(j, "a number is not complete");
		if (j->number_len == JSON_NUMBER_MAX)
			return bad(j, "a number is too long");
		j->number[j->number_len++] = *in->at;
		j->state = next;
		use(j, in, 1);
	}
	return JSON_MORE;
}

static enum json_event
part(const struct json_stream *j)
{
	return j->in_key ? JSON_KEY_PART : JSON_STRING_PART;
}

static enum json_event
part_of(const struct json_stream *j, struct span *piece, const char *at, size_t len)
{
	*piece = (struct span){ at, len };
	return part(j);
}

/* Completes a character that the end of the last input cut. */
static enum json_event
next_held(struct json_stream *j, struct span *in, struct span *piece)
{
	while (in->len > 0) {
		struct span held;

		j->hold[j->held] = *in->at;
		held = (struct span){ j->hold, (size_t)j->held + 1 };
		if (utf8_length(held) > 0) {
			use(j, in, 1);
			j->held = 0;
			return part_of(j, piece, j->hold, held.len);
		}
		if (!utf8_is_cut(held)) {
			/* What was held is no character. Its first byte is replaced; the others are
			 * looked at again, and being tails they are replaced one by one. */
			memmove(j->hold, j->hold + 1, --j->held);
			return part_of(j, piece, REPLACEMENT, 3);
		}
		j->held++;
		use(j, in, 1);
	}
	return JSON_MORE;
}

static bool
is_plain(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

static enum json_event
string_end(struct json_stream *j)
{
	if (j->in_key)
		j->state = AT_COLON;
	else
		after_value(j);
	return j->in_key ? JSON_KEY_END : JSON_STRING_END;
}

static enum json_event
next_in_string(struct json_stream *j, struct span *in, struct span *piece)
{
	size_t n = 0;

	if (j->held > 0)
		return next_held(j, in, piece);
	while (n < in->len) {
		size_t len;

		if (is_plain(in->at[n])) {
			n++;
			continue;
		}
		len = (unsigned char)in->at[n] < 0x80 ? 0 : utf8_length(span_cut(*in, n, in->len));
		if (len == 0)
			break;
		n += len;
	}
	if (n > 0) {
		part_of(j, piece, in->at, n);
		use(j, in, n);
		return part(j);
	}
	if (in->len == 0)
		return JSON_MORE;
	if ((unsigned char)*in->at >= 0x80) {
		if (utf8_is_cut(*in)) {
			memcpy(j->hold, in->at, in->len);
			j->held = (uint8_t)in->len;
			use(j, in, in->len);
			return JSON_MORE;
		}
		use(j, in, 1);
		return part_of(j, piece, REPLACEMENT, 3);
	}
	if (*in->at != '"' && *in->at != '\\')
		return bad(j, "a control character in a string");
	j->state = *in->at == '\\' ? IN_ESCAPE : j->state;
	use(j, in, 1);
	return j->state == IN_ESCAPE ? JSON_MORE : string_end(j);
}

static enum json_event
step_escape(struct json_stream *j, char c, struct span *piece)
{
	static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *at = c == '\0' ? NULL : strchr(names, c);

	if (c == 'u') {
		j->state = IN_HEX;
		j->hex = 0;
		j->hex_left = 4;
		return JSON_MORE;
	}
	if (at == NULL)
		return bad(j, "an unknown escape in a string");
	j->state = IN_STRING;
	return part_of(j, piece, &meant[at - names], 1);
}

static bool
is_high(uint32_t code)
{
	return code >= 0xD800 && code < 0xDC00;
}

static bool
is_low(uint32_t code)
{
	return code >= 0xDC00 && code < 0xE000;
}

/* All four digits of an escape are there. */
static enum json_event
hex_done(struct json_stream *j, struct span *piece)
{
	uint32_t code = j->hex;
	size_t len = 0;

	j->state = IN_STRING;
	if (j->high != 0 && is_low(code)) {
		code = 0x10000 + ((j->high - 0xD800) << 10) + (code - 0xDC00);
	} else if (j->high != 0) {
		memcpy(j->out, REPLACEMENT, 3); /* for the high half that stands alone */
		len = 3;
	}
	j->high = 0;
	if (is_high(code)) {
		j->high = code;
		j->state = AFTER_HIGH;
		return len == 0 ? JSON_MORE : part_of(j, piece, j->out, len);
	}
	if (is_low(code))
		code = 0xFFFD;
	len += utf8_encode(code, j->out + len);
	return part_of(j, piece, j->out, len);
}

static enum json_event
step_hex(struct json_stream *j, char c, struct span *piece)
{
	char low = (char)(c | 0x20);

	if (is_digit(c))
		j->hex = j->hex << 4 | (uint32_t)(c - '0');
	else if (low >= 'a' && low <= 'f')
		j->hex = j->hex << 4 | (uint32_t)(low - 'a' + 10);
	else
		return bad(j, "an escape in a string is not complete");
	return --j->hex_left > 0 ? JSON_MORE : hex_done(j, piece);
}

/* A high half was read and no \u follows: it is replaced, and the byte is looked at again. */
static enum json_event
lone_high(struct json_stream *j, uint8_t state, struct span *piece)
{
	j->high = 0;
	j->state = state;
	return part_of(j, piece, REPLACEMENT, 3);
}

/* In the text that is passed over. */
static enum json_event
next_in_pass(struct json_stream *j, struct span *in)
{
	uint8_t from = j->state < PASS_REST ? PASS_VALUE : PASS_REST;
	enum skip_place place = (enum skip_place)(j->state - from);
	enum skip_end end = json_skip(j, &place, in);
	bool brace;

	j->state = (uint8_t)(from + place);
	if (end == SKIP_GOES_ON)
		return JSON_MORE;
	if (end == SKIP_TOO_DEEP)
		return bad(j, "nested too deeply");
	if (from == PASS_VALUE && j->first == '"')
		return skipped(j);
	brace = in->at[-1] == '}';
	if (from == PASS_VALUE)
		return brace == (j->first == '{') ? skipped(j) : bad(j, "a bracket does not match");
	j->depth++; /* so that it closes as any other */
	return close(j, brace);
}

enum json_event
json_next(struct json_stream *j, struct span *in, struct span *piece)
{
	enum json_event event = JSON_MORE;

	while (event == JSON_MORE) {
		char c;

		if (j->state == BROKEN)
			return JSON_BAD;
		if (in->len == 0)
			return JSON_MORE;
		if (j->state == IN_STRING) {
			event = next_in_string(j, in, piece);
			continue;
		}
		if (j->state >= PASS_VALUE && j->state <= PASS_REST_ESCAPE) {
			event = next_in_pass(j, in);
			continue;
		}
		if (j->state >= IN_MINUS) {
			event = next_in_number(j, in, piece);
			continue;
		}
		c = *in->at;
		if (j->state == AFTER_HIGH && c != '\\')
			return lone_high(j, IN_STRING, piece);
		if (j->state == AFTER_HIGH_ESCAPE && c != 'u')
			return lone_high(j, IN_ESCAPE, piece);
		use(j, in, 1);
		switch (j->state) {
		case IN_WORD:
			event = step_word(j, c);
			break;
		case IN_ESCAPE:
		case AFTER_HIGH_ESCAPE:
			event = step_escape(j, c, piece);
			break;
		case IN_HEX:
			event = step_hex(j, c, piece);
			break;
		case AFTER_HIGH:
			j->state = AFTER_HIGH_ESCAPE;
			break;
		default:
			event = step_outside(j, c);
		}
	}
	return event;
}

void
json_skip_value(struct json_stream *j)
{
	j->skipping = true;
}

void
json_skip_rest(struct json_stream *j)
{
	j->floor = (uint8_t)(j->depth - 1);
	j->state = PASS_REST;
}

enum json_event
json_finish(struct json_stream *j, struct span *piece)
{
	if (j->state == AT_NOTHING)
		return JSON_MORE;
	if (j->state == BROKEN)
		return JSON_BAD;
	if (j->depth == 0 && is_number_end(j->state))
		return number_done(j, piece);
	return bad(j, "it ends too early");
}
