#include "xml_report.h"

#include <stdio.h>
#include <string.h>

/* ---- the head of a file ---- */

struct look {
	struct xml_stream xml;
	struct xml_head *head;
};

static bool
is_one_of(const char *name, const char *const *names)
{
	for (; *names != NULL; names++) {
		if (strcmp(name, *names) == 0)
			return true;
	}
	return false;
}

static void
look_at_root(struct xml_head *head, const char *name, const char **attributes)
{
	static const char *const rates[] = { "line-rate", "branch-rate", "lines-valid", NULL };
	static const char *const clovers[] = { "clover", "phpunit", "generated", NULL };

	snprintf(head->root, sizeof head->root, "%s", name);
	for (; *attributes != NULL; attributes += 2) {
		if (is_one_of(attributes[0], rates))
			head->signs |= XML_RATES;
		if (is_one_of(attributes[0], clovers))
			head->signs |= XML_CLOVER;
		if (strcmp(attributes[0], "version") == 0 && strcmp(attributes[1], "1") == 0)
			head->signs |= XML_VERSION_1;
	}
}

static void
look_at_child(struct xml_head *head, const char *name)
{
	static const struct {
		const char *names[4];
		unsigned sign;
	} children[] = {
		{{ "packages", "sources" },              XML_HAS_PACKAGES},
		{ { "project", "testproject" },          XML_HAS_PROJECT },
		{ { "file" },                            XML_HAS_FILE    },
		{ { "package", "group", "sessioninfo" }, XML_HAS_PACKAGE },
	};

	head->signs |= XML_HAS_ANY_CHILD;
	for (size_t i = 0; i < sizeof children / sizeof children[0]; i++) {
		if (is_one_of(name, children[i].names))
			head->signs |= children[i].sign;
	}
}

static void
look_at_start(void *ctx, const char *name, const char **attributes)
{
	struct look *look = ctx;

	if (xml_depth(&look->xml) == 1)
		look_at_root(look->head, name, attributes);
	else if (xml_depth(&look->xml) == 2)
		look_at_child(look->head, name);
}

static void
look_at_doctype(void *ctx, const char *root, const char *public_id)
{
	struct look *look = ctx;

	(void)root;
	if (public_id != NULL && strstr(public_id, "JACOCO") != NULL)
		look->head->signs |= XML_JACOCO;
}

bool
xml_look_at_head(struct span bytes, struct xml_head *head)
{
	static const struct xml_handlers handlers = { .on_start = look_at_start,
						      .on_doctype = look_at_doctype };
	struct look look = { .head = head };

	*head = (struct xml_head){ 0 };
	/* Nothing else begins so; most files that are looked at are no XML. */
	for (size_t i = 0; i < bytes.len && strchr("\xef\xbb\xbf\xff\xfe \t\r\n<", bytes.at[i]);
	     i++) {
		if (bytes.at[i] != '<')
			continue;
		xml_open_lenient(&look.xml, &handlers, &look);
		xml_feed(&look.xml, bytes);
		xml_close(&look.xml);
		break;
	}
	return head->root[0] != '\0';
}

/* ---- the index ---- */

static bool
pass_fault(const struct xml_stream *xml, struct reader_fault *fault)
{
	if (xml->fault.cut)
		reader_set_cut(fault, xml->fault.at, "%s", xml->fault.text);
	else
		reader_set_fault(fault, xml->fault.at, "%s", xml->fault.text);
	fault->line = xml->fault.line;
	return false;
}

void
xml_index_open(struct xml_index *x, struct index_builder *builder, const char *root,
	       const struct xml_handlers *handlers)
{
	x->builder = builder;
	x->root = root;
	xml_open(&x->xml, handlers, x);
}

bool
xml_index_feed(void *state, struct span piece, struct reader_fault *fault)
{
	struct xml_index *x = state;

	return xml_feed(&x->xml, piece) || pass_fault(&x->xml, fault);
}

bool
xml_index_close(void *state, bool whole, struct reader_fault *fault)
{
	struct xml_index *x = state;
	bool sound = whole && (xml_finish(&x->xml) || pass_fault(&x->xml, fault));

	if (sound)
		index_encoding(x->builder, span_of(xml_encoding(&x->xml)));
	xml_close(&x->xml);
	return sound || !whole;
}

bool
xml_index_is_root(struct xml_index *x, const char *name)
{
	if (xml_depth(&x->xml) != 1)
		return false;
	if (strcmp(name, x->root) == 0)
		return true;
	xml_refuse(&x->xml, "its first element is not that of such a report");
	return false;
}

void
xml_index_begin(struct xml_index *x, uint32_t name, uint32_t kind)
{
	bool continues = x->has_last && x->last_name == name && x->last_kind == kind;

	if (x->depth != 0)
		return;
	x->name = name;
	x->kind = kind;
	x->depth = xml_depth(&x->xml);
	x->start = continues ? x->last_end : xml_start(&x->xml);
}

bool
xml_index_end(struct xml_index *x)
{
	if (x->depth == 0 || x->depth != xml_depth(&x->xml))
		return false;
	x->depth = 0;
	x->last_name = x->name;
	x->last_kind = x->kind;
	x->last_end = xml_end(&x->xml);
	x->has_last = true;
	index_section(x->builder, x->name, x->kind, x->start, x->last_end);
	return true;
}

void
xml_index_enter(struct xml_index *x)
{
	x->has_last = false;
}

/* ---- sections ---- */

void
xml_section_open(struct xml_section *s, const struct data_index *index, struct report *report,
		 const struct xml_handlers *handlers)
{
	s->report = report;
	xml_open_inside(&s->xml, index->encoding, handlers, s);
}

void
xml_section_begin(void *state, const struct index_section *section)
{
	struct xml_section *s = state;

	(void)section;
	xml_begin_part(&s->xml);
}

bool
xml_section_feed(void *state, struct span piece, struct reader_fault *fault)
{
	struct xml_section *s = state;

	return xml_feed(&s->xml, piece) || pass_fault(&s->xml, fault);
}

bool
xml_section_end(void *state, struct reader_fault *fault)
{
	struct xml_section *s = state;

	return xml_end_part(&s->xml) || pass_fault(&s->xml, fault);
}

bool
xml_section_close(void *state, bool whole, struct reader_fault *fault)
{
	struct xml_section *s = state;

	(void)whole;
	(void)fault;
	xml_close(&s->xml);
	return true;
}

/* ---- values ---- */

bool
xml_number(const char *text, uint64_t *number)
{
	bool negative, found = false;

	*number = 0;
	if (text == NULL)
		return false;
	text += strspn(text, " \t\r\n");
	negative = *text == '-';
	if (negative || *text == '+')
		text++;
	for (; *text >= '0' && *text <= '9'; text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		found = true;
		*number = *number > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *number * 10 + digit;
	}
	if (negative)
		*number = 0;
	return found;
}

bool
xml_attribute_number(const char **attributes, const char *name, uint64_t *number)
{
	return xml_number(xml_attribute(attributes, name), number);
}
