/*
 * pyjson.h - writes JSON to the byte as Python's json.dump() does (json/encoder.py, 3.14): with its
 * spaces, with indent=4 if `pretty`, all beyond ASCII escaped, floats in their shortest form.
 *
 * The commas come by themselves. Nothing checks that what is opened is closed again and that keys stand
 * in objects only.
 */
#ifndef COVLS_FORMAT_PYJSON_H
#define COVLS_FORMAT_PYJSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "platform/output.h"

#define PYJSON_FLOAT_MAX  32
#define PYJSON_FLOAT_MEMO 1024

struct pyjson {
	struct output *out;
	bool pretty;
	bool filled;    /* a value stands before here on this level */
	bool after_key; /* the next value belongs to a key */
	unsigned depth;
	/* Percentages come again and again, and making text of one takes its time. */
	struct pyjson_float {
		uint64_t bits; /* of the number */
		uint8_t len;   /* 0: empty */
		char text[PYJSON_FLOAT_MAX];
	} memo[PYJSON_FLOAT_MEMO];
};

void pyjson_init(struct pyjson *w, struct output *out, bool pretty);

void pyjson_object(struct pyjson *w);
void pyjson_object_end(struct pyjson *w);
void pyjson_array(struct pyjson *w);
void pyjson_array_end(struct pyjson *w);

void pyjson_key(struct pyjson *w, struct span key);

/* A key that is known: PYJSON_NAME("files"). */
void pyjson_name(struct pyjson *w, struct span quoted);
#define PYJSON_NAME(literal) SPAN("\"" literal "\": ")

/* A byte that is no part of UTF-8 becomes the surrogate that stands for it in Python
 * (errors="surrogateescape"). */
void pyjson_string(struct pyjson *w, struct span text);
void pyjson_int(struct pyjson *w, int64_t number);
void pyjson_float(struct pyjson *w, double number);
void pyjson_bool(struct pyjson *w, bool value);

/* repr() of a float that is neither infinite nor NaN; returns the length. */
size_t pyjson_float_text(double number, char text[PYJSON_FLOAT_MAX]);

#endif
