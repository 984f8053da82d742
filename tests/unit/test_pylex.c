#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "python/pylex.h"

/*
 * Tokens as text, one letter each: n name, k a word of enum py_word, 0 number, s string, b bytes,
 * f f-string in one piece, < > its parts, I D indent and dedent, $ end of a logical line; operators
 * as they are, A for += and its like, O for other long ones. When the line changes, the new one
 * comes first, as "3:"; a token that ends on another line has that behind it, as "s-4".
 * An error is "!3 message".
 */
static void
show_op(struct buf *out, uint8_t op)
{
	switch (op) {
	case PYOP_ARROW:
		buf_add_text(out, "->");
		break;
	case PYOP_WALRUS:
		buf_add_text(out, ":=");
		break;
	case PYOP_ELLIPSIS:
		buf_add_text(out, "...");
		break;
	case PYOP_ASSIGN:
		buf_add_char(out, 'A');
		break;
	case PYOP_OTHER:
		buf_add_char(out, 'O');
		break;
	default:
		buf_add_char(out, (char)op);
		break;
	}
}

static void
show(struct buf *out, const struct pytoken *tok, uint32_t *line)
{
	static const char letters[] = "n0sbf<>?$ID";

	if (tok->line != *line)
		buf_addf(out, "%s%u:", *line == 0 ? "" : " ", tok->line);
	*line = tok->line;
	if (tok->kind == PYTOK_OP)
		show_op(out, tok->op);
	else if (tok->kind == PYTOK_NAME && tok->word != PYW_OTHER)
		buf_add_char(out, 'k');
	else
		buf_add_char(out, letters[tok->kind]);
	if (tok->end_line != tok->line)
		buf_addf(out, "-%u", tok->end_line);
}

static void
take(struct buf *out, struct pylex *lx, struct span piece, uint32_t *line)
{
	struct pytoken tok;
	struct error err = { 0 };
	enum pylex_event ev;

	while ((ev = pylex_next(lx, &piece, &tok)) == PYLEX_TOKEN)
		show(out, &tok, line);
	if (ev == PYLEX_ERROR) {
		assert_int_equal(pylex_next(lx, &piece, &tok), PYLEX_ERROR);
		assert_int_not_equal(pylex_tell(lx, &err), STATUS_OK);
		buf_addf(out, "!%u %s", err.line, err.text);
	}
}

/* Cuts the text after `first` bytes and then every `size` bytes. */
static void
lex(struct buf *out, struct span text, unsigned minor, size_t first, size_t size)
{
	struct pylex lx;
	uint32_t line = 0;
	size_t at = 0, step = first;

	buf_reset(out);
	pylex_init(&lx, minor);
	while (at < text.len && lx.error == PYLEX_OK) {
		size_t end = text.len - at < step ? text.len : at + step;

		take(out, &lx, span_cut(text, at, end), &line);
		at = end;
		step = size;
	}
	if (lx.error != PYLEX_OK)
		return;
	pylex_finish(&lx);
	take(out, &lx, (struct span){ 0 }, &line);
	if (lx.error == PYLEX_OK)
		buf_addf(out, " (%u)", pylex_lines(&lx));
}

static void
check(struct span text, unsigned minor, const char *want)
{
	struct buf out = { 0 };

	lex(&out, text, minor, text.len, text.len);
	if (strcmp(buf_text(&out), want) != 0)
		fail_msg("'%.*s' (3.%u): got '%s', want '%s'", (int)text.len, text.at, minor,
			 buf_text(&out), want);
	for (size_t n = 1; n <= text.len; n++) {
		lex(&out, text, minor, n, n);
		if (strcmp(buf_text(&out), want) != 0)
			fail_msg("'%.*s', %zu bytes at a time: got '%s', want '%s'", (int)text.len,
				 text.at, n, buf_text(&out), want);
		lex(&out, text, minor, n, text.len);
		if (strcmp(buf_text(&out), want) != 0)
			fail_msg("'%.*s', cut at %zu: got '%s', want '%s'", (int)text.len, text.at,
				 n, buf_text(&out), want);
	}
	buf_free(&out);
}

struct lex_case {
	const char *text, *want;
};

static void
check_all(const struct lex_case *cases, size_t count, unsigned minor)
{
	for (size_t i = 0; i < count; i++)
		check(span_of(cases[i].text), minor, cases[i].want);
}

#define CHECK(cases, minor) check_all(cases, sizeof(cases) / sizeof((cases)[0]), minor)

static void
test_lines(void **state)
{
	static const struct lex_case cases[] = {
		{"",		      " (0)"							},
		{ "\n",                   " (1)"							},
		{ " ",                    " (1)"							},
		{ "\n\n  \n# c\n",        " (4)"							},
		{ "a",                    "1:n$ (1)"						    },
		{ "a\n",                  "1:n$ (1)"						    },
		{ "a\n\n",                "1:n$ (2)"						    },
		{ "a # c",                "1:n$ (1)"						    },
		{ "a\nb\n",               "1:n$ 2:n$ (2)"					       },
		{ "a\r\nb\r\n",           "1:n$ 2:n$ (2)"                                               },
		{ "a\rb\r",               "1:n$ 2:n$ (2)"					       },
		{ "a\n\rb\r\n\r\n",       "1:n$ 3:n$ (4)"                                               },
		{ "# c\ra\r\n#\rb",       "2:n$ 4:n$ (4)"                                               },
		{ "a\\\nb",               "1:n 2:n$ (2)"						},
		{ "a\\\r\nb",             "1:n 2:n$ (2)"						},
		{ "a\\\rb",               "1:n 2:n$ (2)"						},
		{ "a \\\n\\\n b",         "1:n 3:n$ (3)"                                                },
		{ "a \\\n\nb",            "1:n 2:$ 3:n$ (3)"                                            },
		{ "\\\na",                "2:n$ (2)"						    },
		{ "(\n a\n,\n#c\n\n)\nb", "1:( 2:n 3:, 6:)$ 7:n$ (7)"                                   },
		{ "\xEF\xBB\xBF"
		  "a",   "1:n$ (1)"						    },
		{ "\xEF\xBB\xBF",         " (1)"							},
		{ "\xEF\xBC\xA1 b",       "1:nn$ (1)"						   },
		{ "\xEF",                 "1:n$ (1)"						    },
		{ "a\f b\n",              "1:nn$ (1)"						   },
		{ "a \\",                 "1:n!2 unexpected end of file"                                },
		{ "a \\\n",               "1:n!2 unexpected end of file"                                },
		{ "\\\n",                 "!2 unexpected end of file"                                   },
		{ "a \\ b",               "1:n!1 unexpected character after line continuation character"},
		{ "a\\b",                 "1:n!1 unexpected character after line continuation character"},
		{ "a\n$",                 "1:n$!2 invalid character U+0024"                             },
		{ "a ? b",                "1:n!1 invalid character U+003F"                              },
	};

	(void)state;
	CHECK(cases, 14);
	check(SPAN("a\n\0"), 14, "1:n$!2 source code cannot contain null bytes");
	check(SPAN("#\0"), 14, "!1 source code cannot contain null bytes");
	check(SPAN("'\0'"), 14, "!1 source code cannot contain null bytes");
	check(SPAN("'\\\0'"), 14, "!1 source code cannot contain null bytes");
	check(SPAN("f'\0'"), 14, "1:<!1 source code cannot contain null bytes");
}

static void
test_indentation(void **state)
{
	static const struct lex_case cases[] = {
		{"a\n  b\n  c\nd",                             "1:n$ 2:In$ 3:n$ 4:Dn$ (4)"                                      },
		{ "a\n  b\n    c\nd",                          "1:n$ 2:In$ 3:In$ 4:DDn$ (4)"                                    },
		{ "a\n b\n",				   "1:n$ 2:In$ 3:D (2)"                                             },
		{ "a\n b\n\n  # c\n",                          "1:n$ 2:In$ 5:D (4)"                                             },
		{ "a\n  # c\n b\n# d\n c",                     "1:n$ 3:In$ 5:n$ 6:D (5)"                                        },
		{ "a\n\tb\n\tc",                               "1:n$ 2:In$ 3:n$ 4:D (3)"                                        },
		{ "a\n        \tb\n",                          "1:n$ 2:In$ 3:D (2)"                                             },
		{ " \\\n  a\nb",                               "2:In$ 3:Dn$ (3)"                                                },
		{ "if a:\n  \\\n  b\n  c\n",                   "1:kn:$ 3:In$ 4:n$ 5:D (4)"                                      },
		{ "a\n  b\n \\\n  c\n",                        "1:n$ 2:In$!4 unindent does not match any outer "
					"indentation level"                              },
		{ "a\n\tb\n        c",
                 "1:n$ 2:In$!3 inconsistent use of tabs and spaces in indentation"                                              },
		{ "a\n        b\n\tc",
                 "1:n$ 2:In$!3 inconsistent use of tabs and spaces in indentation"                                              },
		{ "a\n b\n\tc",				"1:n$ 2:In$!3 inconsistent use of tabs and spaces in indentation"},
		{ "a\n  b\n c",
                 "1:n$ 2:In$!3 unindent does not match any outer indentation level"                                             },
		{ "a\n       !b\n",                            "1:n$ 2:I!n$ 3:D (2)"                                            },
		{ "a\n       !b       !\n         !      !\n", "1:n$ 2:I!n!$ 3:I!!$ 4:DD (3)"                                   },
 /* A form feed is a space (coverage.py's rule; for CPython it starts again). */
		{ "\fa\n",				     "1:In$ 2:D (1)"						  },
	};
	struct buf text = { 0 }, want = { 0 };

	(void)state;
	CHECK(cases, 14);
	for (int i = 0; i < 100; i++)
		buf_addf(&text, "%*sa\n", i, "");
	buf_add_text(&want, "1:n$");
	for (int i = 2; i <= 100; i++)
		buf_addf(&want, " %d:In$", i);
	buf_addf(&want, " 101:");
	for (int i = 2; i <= 100; i++)
		buf_add_char(&want, 'D');
	buf_add_text(&want, " (100)");
	check(buf_span(&text), 14, buf_text(&want));
	buf_addf(&text, "%100sa\n", "");
	want.len = (size_t)(strstr(buf_text(&want), " 101:") - want.at);
	buf_add_text(&want, "!101 too many levels of indentation");
	check(buf_span(&text), 14, buf_text(&want));
	buf_free(&text);
	buf_free(&want);
}

static void
test_words_and_numbers(void **state)
{
	static const struct lex_case cases[] = {
		{"if else lambda nonlocal continue",                                             "1:kkkkk$ (1)"        },
		{ "iff els lambdas nonloca continued If _a",                                     "1:nnnnnnn$ (1)"      },
		{ "a0 b9z x1_2 abcdefg0h a_b_c_d_e0 z9",                                         "1:nnnnnn$ (1)"       },
		{ "match case type _",							   "1:kknk$ (1)"         },
		{ "True None __debug__ __future__ annotations __annotate__",                     "1:kkkkkk$ (1)"       },
		{ "__debug_ __debug___ annotation annotationss __annotate___",                   "1:nnnnn$ (1)"        },
		{ "a_very_long_name_of_more_than_sixty_four_letters_which_nobody_would_write_x",
                 "1:n$ (1)"											    },
		{ "\xC3\xA4 = caf\xC3\xA9\xC3\xA9",                                              "1:n=n$ (1)"          },
		{ "0 00 1_000 0xFf_1 0o17 0B01 1. .5 1.5e-3 1E5j 2J 0_0 0.5 09.5 00e1 1e+5",
                 "1:0000000000000000$ (1)"									     },
		{ "1if x else 2",								"1:0knk0$ (1)"        },
		{ "1else 0x1for 1or 1.in 1jand",						 "1:0k0k0k0k0k$ (1)"   },
		{ "1.real",								      "1:0!1 invalid number"},
		{ "1 .real 1..real",							     "1:0.n0.n$ (1)"       },
		{ "1elsewhere",								  "1:0!1 invalid number"},
		{ "1ex",									 "1:0!1 invalid number"},
		{ "1e+x",									"!1 invalid number"   },
		{ "1abc",									"1:0!1 invalid number"},
		{ "1_",									  "!1 invalid number"   },
		{ "1__0",									"!1 invalid number"   },
		{ "1_e5",									"!1 invalid number"   },
		{ "0777",									"!1 invalid number"   },
		{ "0x",									  "!1 invalid number"   },
		{ "0xg",									 "!1 invalid number"   },
		{ "0b2",									 "!1 invalid number"   },
		{ "0b12",									"!1 invalid number"   },
		{ "0o8",									 "!1 invalid number"   },
		{ "1j5",									 "!1 invalid number"   },
		{ "1r'x'",								       "1:0!1 invalid number"},
	};

	(void)state;
	CHECK(cases, 14);
}

static void
test_operators(void **state)
{
	static const struct lex_case cases[] = {
		{"a:=b : c->d",					     "1:n:=n:n->n$ (1)"     },
		{ "a**=b//=c<<=d>>=e+=f@=g",                                "1:nAnAnAnAnAnAn$ (1)" },
		{ "a**b//c<<d>>e",					  "1:nOnOnOnOn$ (1)"     },
		{ "a==b!=c<=d>=e<>f",				       "1:nOnOnOnOnOn$ (1)"   },
		{ "a<b>c=d=-e-~f",					  "1:n<n>n=n=-n-~n$ (1)" },
		{ "... .. . ....a .1 ..1",                                  "1:..........n0.0$ (1)"},
		{ "from . import a\nfrom ... import b\nfrom .... import c",
                 "1:k.kn$ 2:k...kn$ 3:k....kn$ (3)"                                                },
		{ "a[:=1]",						 "1:n[:=0]$ (1)"        },
		{ "x*-1, *y, **z",					  "1:n*-0,*n,On$ (1)"    },
	};

	(void)state;
	CHECK(cases, 14);
}

static void
test_strings(void **state)
{
	static const struct lex_case cases[] = {
		{"'a' \"b\" '' \"\" 'a\\'b' \"\\\\\"",                                        "1:ssssss$ (1)"                                   },
		{ "'''a''' \"\"\"b\"\"\" '''''' '''a'b''c''' \"\"\"\\\"\"\"\"",               "1:sssss$ (1)"                                    },
		{ "'''a\nb'''c",							      "1:s-2 2:n$ (2)"                                  },
		{ "'''\r\n\r'''\r\nc",							"1:s-3 3:$ 4:n$ (4)"                              },
		{ "'a\\\nb' c",							       "1:s-2 2:n$ (2)"                                  },
		{ "'a\\\r\nb' c",							     "1:s-2 2:n$ (2)"                                  },
		{ "r'a' R'a' u'a' U'a' b'a' B'a' br'a' Rb'a' bR'a'",                          "1:ssssbbbbb$ (1)"                                },
		{ "r'\\' b",								  "!1 unterminated string literal"                  },
		{ "r'\\'' b",								 "1:sn$ (1)"                                       },
		{ "ur'a' x'a' rr'a'",							 "1:nsnsns$ (1)"                                   },
		{ "'a # b' # c '",							    "1:s$ (1)"                                        },
		{ "'\xC3\xA4\t\x01'",							 "1:s$ (1)"                                        },
		{ "x\n'a",								    "1:n$!2 unterminated string literal"              },
		{ "'a\nb'",								   "!1 unterminated string literal"                  },
		{ "x\n'''a\n\n",							      "1:n$!2 unterminated triple-quoted string literal"},
		{ "'''a''",								   "!1 unterminated triple-quoted string literal"    },
		{ "'a\\",								     "!1 unterminated string literal"                  },
		{ "'a long string, longer than eight bytes, with \t a tab and a \" in it' b",
                 "1:sn$ (1)"														    },
	};

	(void)state;
	CHECK(cases, 14);
}

static void
test_fstrings(void **state)
{
	static const struct lex_case cases[] = {
		{"f'a' F\"\" rf'b' fR'' t'a' Rt'b'",                  "1:<><><><><><>$ (1)"                                             },
		{ "f'{a}{b}' c",				      "1:<{n}{n}>n$ (1)"                                                },
		{ "f'{{}}' f'{{{a}}}'",                               "1:<><{n}>$ (1)"                                                  },
		{ "f'{a!r:>{w}.{p}} {x=}'",                           "1:<{n!n:{n}{n}}{n=}>$ (1)"                                       },
		{ "f'{a[\"b\"]}' f'{a['b']}'",                        "1:<{n[s]}><{n[s]}>$ (1)"                                         },
		{ "f'{f'{f'{a}'}'}'",                                 "1:<{<{<{n}>}>}>$ (1)"                                            },
		{ "f'{(lambda x: 1)}{x:=5}{(x:=5)}'",                 "1:<{(kn:0)}{n:}{(n:=0)}>$ (1)"                                   },
		{ "f'{a!=b}{a if b!=c else d}{ {1:2}[1] }'",          "1:<{nOn}{nknOnkn}{{0:0}[0]}>$ (1)"                               },
		{ "f'{\na # c\n}' b",                                 "1:<{ 2:n 3:}>n$ (3)"                                             },
		{ "f'''{a\n}\nx{b\n:>{c}\nd}''' e",                   "1:<{n 2:} 3:{n 4::{n} 5:}>n$ (5)"                                },
		{ "f'\\N{DASH}{a}' rf'\\N{a}' f'\\{a}\\\\' f'\\\nb'",
                 "1:<{n}><{n}><{n}>< 2:>$ (2)"											  },
		{ "f'''a'b''{c}'''",                                  "1:<{n}>$ (1)"						    },
		{ "f'{a:{b:{c}}}'",                                   "1:<{n:{n:{n}}}>$ (1)"                                            },
		{ "f'{a:'''",					 "1:<{n:!1 unterminated f-string literal"                          },
		{ "f'{a:{b:{c:{d}}}}'",                               "1:<{n:{n:{n:!1 f-string: expressions nested too deeply"          },
		{ "f'}'",					     "1:<!1 f-string: single '}' is not allowed"                       },
		{ "f'{a)}'",					  "1:<{n!1 closing parenthesis ')' does not match opening parenthesis "
			     "'{'"									  },
		{ "x\nf'a\n'",					"1:n$ 2:<!2 unterminated f-string literal"                        },
		{ "x\nf'''a\n'",				      "1:n$ 2:<!2 unterminated triple-quoted f-string literal"          },
		{ "f'{a",					     "1:<{n!1 '{' was never closed"                                    },
		{ "f'{a:\n}'",					"1:<{n:!1 f-string: newlines are not allowed in format specifiers"},
		{ "f'{a:}}'",					 "1:<{n:}!1 f-string: single '}' is not allowed"                   },
		{ "f'{'a'",					   "1:<{s!1 '{' was never closed"                                    },
	};
	/* In the spec behind a field: 3.13 and 3.14 differ from 3.12. */
	static const struct lex_case behind_cases[] = {
		{"f'{a:{b}{{c}'", "1:<{n:{n}}>$ (1)"                         },
		{ "f'{a:{b}\n}'", "1:<{n:{n}!1 unterminated f-string literal"},
	};
	static const struct lex_case behind_cases_12[] = {
		{"f'{a:{b}{{c}'", "1:<{n:{n}{{n}!1 unterminated string literal"},
		{ "f'{a:{b}\n}'", "1:<{n:{n} 2:}>$ (2)"                        },
	};
	static const struct lex_case old_cases[] = {
		{"f'{a[\"b\"]}' rf'{{' F'' f'''{\n}'''", "1:ffff-2 2:$ (2)"              },
		{ "f'{a['b']}'",                         "1:fb$ (1)"                     },
		{ "f'{a",				"!1 unterminated string literal"},
	};
	static const struct lex_case spec_cases[] = {
		{"f'{a:d\n}'", "1:<{n: 2:}>$ (2)"},
	};
	struct buf text = { 0 }, want = { 0 };

	(void)state;
	CHECK(cases, 14);
	CHECK(behind_cases, 13);
	CHECK(behind_cases, 14);
	CHECK(behind_cases_12, 12);
	CHECK(old_cases, 10);
	CHECK(old_cases, 11);
	CHECK(spec_cases, 12);
	CHECK(spec_cases, 13);
	buf_add_text(&want, "1:");
	for (int i = 0; i < 149; i++) {
		buf_add_text(&text, "f'{");
		buf_add_text(&want, "<{");
	}
	buf_add_text(&text, "f");
	buf_add_text(&want, "n!1 '{' was never closed");
	check(buf_span(&text), 14, buf_text(&want));
	buf_add_text(&text, "'");
	want.len -= strlen("n!1 '{' was never closed");
	buf_add_text(&want, "!1 too many nested f-strings");
	check(buf_span(&text), 14, buf_text(&want));
	buf_free(&text);
	buf_free(&want);
}

static void
test_brackets(void **state)
{
	static const struct lex_case cases[] = {
		{"([{}])",      "1:([{}])$ (1)"						       },
		{ "a)",         "1:n!1 unmatched ')'"						 },
		{ "(\n]",       "1:(!2 closing parenthesis ']' does not match opening parenthesis '('"},
		{ "a\n(b\n[c",  "1:n$ 2:(n 3:[n!3 '[' was never closed"                               },
		{ "a\n(b\n[c]", "1:n$ 2:(n 3:[n]!2 '(' was never closed"                              },
	};
	struct buf text = { 0 }, want = { 0 };

	(void)state;
	CHECK(cases, 14);
	buf_add_text(&want, "1:");
	for (int i = 0; i < 200; i++) {
		buf_add_char(&text, '(');
		buf_add_char(&want, '(');
	}
	buf_add_text(&want, "!1 '(' was never closed");
	check(buf_span(&text), 14, buf_text(&want));
	buf_add_char(&text, '(');
	want.len -= strlen("!1 '(' was never closed");
	buf_add_text(&want, "!1 too many nested parentheses");
	check(buf_span(&text), 14, buf_text(&want));
	buf_free(&text);
	buf_free(&want);
}

static void
test_token_details(void **state)
{
	static const struct {
		const char *text;
		unsigned index;
		uint8_t kind, depth, inside;
		bool truth;
	} cases[] = {
		{"0",             0, PYTOK_NUMBER, 0, 0,   false},
		{ "0x0",          0, PYTOK_NUMBER, 0, 0,   false},
		{ "0b00",         0, PYTOK_NUMBER, 0, 0,   false},
		{ "0.0e5",        0, PYTOK_NUMBER, 0, 0,   false},
		{ "0e1j",         0, PYTOK_NUMBER, 0, 0,   false},
		{ "0x0a",         0, PYTOK_NUMBER, 0, 0,   true },
		{ "0b01",         0, PYTOK_NUMBER, 0, 0,   true },
		{ ".01",          0, PYTOK_NUMBER, 0, 0,   true },
		{ "10",           0, PYTOK_NUMBER, 0, 0,   true },
		{ "''",           0, PYTOK_STRING, 0, 0,   false},
		{ "\"\"\"\"\"\"", 0, PYTOK_STRING, 0, 0,   false},
		{ "' '",          0, PYTOK_STRING, 0, 0,   true },
		{ "'''\n'''",     0, PYTOK_STRING, 0, 0,   true },
		{ "'''\"'''",     0, PYTOK_STRING, 0, 0,   true },
		{ "b''",          0, PYTOK_BYTES,  0, 0,   false},
		{ "(a)",          0, PYTOK_OP,     0, 0,   false},
		{ "(a)",          1, PYTOK_NAME,   1, '(', false},
		{ "(a)",          2, PYTOK_OP,     0, 0,   false},
		{ "[{a}]",        1, PYTOK_OP,     1, '[', false},
		{ "[{a}]",        2, PYTOK_NAME,   2, '{', false},
		{ "f'{a}'",       2, PYTOK_NAME,   1, '{', false},
		{ "f'{a:b}'",     3, PYTOK_OP,     1, '{', false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct span text = span_of(cases[i].text);
		struct pytoken tok = { 0 };
		struct pylex lx;

		pylex_init(&lx, 0);
		pylex_finish(&lx);
		for (unsigned n = 0; n <= cases[i].index; n++)
			assert_int_equal(pylex_next(&lx, &text, &tok), PYLEX_TOKEN);
		if (tok.kind != cases[i].kind || tok.depth != cases[i].depth ||
		    tok.inside != cases[i].inside ||
		    (tok.kind != PYTOK_NAME && tok.kind != PYTOK_OP && tok.truth != cases[i].truth))
			fail_msg("'%s', token %u: kind %u depth %u inside '%c' truth %d",
				 cases[i].text, cases[i].index, tok.kind, tok.depth, tok.inside,
				 tok.truth);
	}
}

static void
test_end_stays(void **state)
{
	struct span text = SPAN("a");
	struct pytoken tok;
	struct pylex lx;

	(void)state;
	pylex_init(&lx, 0);
	assert_int_equal(pylex_next(&lx, &text, &tok), PYLEX_MORE);
	assert_int_equal(text.len, 0);
	assert_int_equal(pylex_next(&lx, &text, &tok), PYLEX_MORE);
	pylex_finish(&lx);
	assert_int_equal(pylex_next(&lx, &text, &tok), PYLEX_TOKEN);
	assert_int_equal(pylex_next(&lx, &text, &tok), PYLEX_TOKEN);
	assert_int_equal(pylex_next(&lx, &text, &tok), PYLEX_END);
	assert_int_equal(pylex_next(&lx, &text, &tok), PYLEX_END);
}

/* Is it in the set, if `out` brackets were open when tokens began to be left out? */
static bool
is_quiet(const struct pytoken *tok, unsigned quiet, unsigned out)
{
	bool closing = tok->kind == PYTOK_OP && strchr(")]}", tok->op) != NULL;
	unsigned wanted = PYLEX_QUIET_OPERATORS;

	if (tok->kind == PYTOK_NAME && (tok->word == PYW_LAMBDA || tok->word == PYW_FOR))
		return false;
	if (tok->kind == PYTOK_NAME)
		wanted = tok->word == PYW_OTHER ? PYLEX_QUIET_NAMES : PYLEX_QUIET_WORDS;
	else if (tok->kind != PYTOK_OP)
		wanted = tok->kind < PYTOK_FSTRING_START ? PYLEX_QUIET_LITERALS : 0;
	else if (closing && tok->depth < out && (quiet & PYLEX_QUIET_OUT) == 0)
		return false;
	else if (closing || strchr("([{", tok->op) != NULL)
		wanted = PYLEX_QUIET_BRACKETS;
	else if (tok->op == '.')
		wanted = PYLEX_QUIET_NAMES;
	else if (tok->op == ',' || tok->op == '~')
		wanted = PYLEX_QUIET_COMMAS;
	else if (tok->depth > 0 && (quiet & PYLEX_QUIET_COLONS) != 0)
		return true;
	else if (tok->op == ':' || tok->op == ';' || tok->op == PYOP_WALRUS)
		return false;
	return (quiet & wanted) != 0;
}

static bool
is_same(const struct pytoken *a, const struct pytoken *b)
{
	return a->kind == b->kind && a->word == b->word && a->op == b->op && a->depth == b->depth &&
	       a->inside == b->inside && a->line == b->line && a->end_line == b->end_line;
}

/* Two readers of one text: one is given all tokens, the other leaves some out. */
struct twins {
	struct span text, all, some;
	struct pylex full, lx;
	unsigned quiet, left_out;
};

/* All tokens up to this one, which comes next where some are left out; NULL: up to the end. */
static enum pylex_event
catch_up(struct twins *t, const struct pytoken *next, bool may_skip, unsigned out)
{
	struct pytoken tok;
	enum pylex_event ev;

	while ((ev = pylex_next(&t->full, &t->all, &tok)) == PYLEX_TOKEN) {
		if (next != NULL && is_same(&tok, next))
			return ev;
		if (!may_skip || !is_quiet(&tok, t->quiet, out) || tok.end_line > t->lx.skipped_to)
			fail_msg("'%.*s' (%u): a token on line %u is lost", (int)t->text.len,
				 t->text.at, t->quiet, tok.line);
		t->left_out++;
	}
	return ev;
}

static unsigned
check_quiet(struct span text, unsigned minor, unsigned quiet)
{
	struct twins t = { .text = text, .all = text, .some = text, .quiet = quiet };
	struct error want = { 0 }, got = { 0 };
	struct pytoken toks[3];
	enum pylex_event ev;
	size_t count;

	pylex_init(&t.full, minor);
	pylex_finish(&t.full);
	pylex_init(&t.lx, minor);
	pylex_finish(&t.lx);
	do {
		unsigned out = t.lx.level;

		ev = pylex_read(&t.lx, &t.some, quiet, toks, 3, &count);
		assert_true(count == 0 || t.lx.skipped_to <= toks[0].line);
		for (size_t i = 0; i < count; i++) {
			assert_true(i + 1 == count || toks[i].kind >= PYTOK_NEWLINE);
			assert_int_equal(
				catch_up(&t, &toks[i], i == 0 && t.lx.skipped_to != 0, out),
				PYLEX_TOKEN);
		}
		if (ev != PYLEX_TOKEN)
			assert_int_equal(
				catch_up(&t, NULL, count == 0 && t.lx.skipped_to != 0, out), ev);
	} while (ev == PYLEX_TOKEN);
	pylex_tell(&t.full, &want);
	pylex_tell(&t.lx, &got);
	assert_int_equal(got.line, want.line);
	assert_string_equal(got.text, want.text);
	assert_int_equal(pylex_lines(&t.lx), pylex_lines(&t.full));
	return t.left_out;
}

/* Nothing but tokens of the set is left out, and what follows stays as it is. */
static void
test_quiet(void **state)
{
	static const char *const texts[] = {
		"a.b = c + d[e, 'f'](g=1.5, **h) ; lambda x: y\n",
		"return (a, [b for c in d if e is not None], {f: g, h: ~i})\n",
		"x = ('one' \"two\" b'three' rb'''fo\nur''' # not this\n\n  , ''\n , u'', Br\"\\\"\")\n",
		"x = '''a''b'\\'''c''' + 'a\\\nb' + '\\\r\nc' + '''\\\nd\r\n\\\\''' + b'\\'\n",
		"x = f'{a}' + rf'{b:c}' + t'c' + f'{(d, e)!r}' + fr''\n",
		"x = a if b else c, 0, 00, 0x1F, 0o17, 12.5, 1e5, 1_0, .5, 5., 1j, ...\n",
		"x = 1if a else 2; y = 0x1for z in w\n",
		"x = a.for.lambda.b, lambdas, fork, in_, x if'a'else'b'\n",
		"x: int = (a := b)\ny = [c:d, e : f] ; z = {g: h}\n",
		"def f(a: b = c, *d) -> e: pass\n",
		"x = (a\r\n, b\r, c\n, d) \\\n + e\n",
		"x = a_very_long_name_of_many_letters.and_x + eightlet.sixteen_letters_\n",
		"__annotate__ = annotations, __debug__, __future__, _, nonlocal, continue\n",
		"if \xc3\xa4\xc3\xb6.\xc3\xbc: pass\n",
		"x = (a, [b}\n",
		"x = a)\n",
		"x = 'abc\n",
		"x = a $ b\n",
		"x = 012\n",
		"x = 1__0\n",
		"x = 0b12\n",
		"x = 1abc\n",
		"x = 0xg\n",
		"x = 0x, y\n",
		"x = ...0777\n",
		"x = 1.5.6, 1..real, a .b, a. b, 1._0\n",
		"x = 'a\\",
		"x = (a,\n'''b\n",
		"x = {\n",
		"x = [a, # b\n",
		"(a, (b, c), d)\n(e, (f, g), h)\n",
		"x = a \\ b\n",
		"x = a ? b\n",
	};
	static const unsigned sets[] = {
		PYLEX_QUIET_ALL,
		PYLEX_QUIET_ALL & ~(unsigned)PYLEX_QUIET_OUT,
		PYLEX_QUIET_ALL & ~(unsigned)PYLEX_QUIET_WORDS,
		PYLEX_QUIET_ALL & ~(unsigned)PYLEX_QUIET_LITERALS,
		PYLEX_QUIET_ALL & ~(unsigned)PYLEX_QUIET_OPERATORS,
		PYLEX_QUIET_NAMES,
		PYLEX_QUIET_NAMES | PYLEX_QUIET_OPERATORS,
		PYLEX_QUIET_NAMES | PYLEX_QUIET_COMMAS,
		PYLEX_QUIET_BRACKETS | PYLEX_QUIET_NAMES,
	};
	static const char tail[] = "# what comes so near to the end is read token by token\n";
	unsigned left_out = 0;
	struct buf text = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		buf_reset(&text);
		buf_addf(&text, "%s%s%s", texts[i], i % 2 == 0 ? texts[0] : "", tail);
		for (size_t n = 0; n < sizeof sets / sizeof sets[0]; n++) {
			left_out += check_quiet(buf_span(&text), PYTHON_MINOR_MIN, sets[n]);
			left_out += check_quiet(buf_span(&text), PYTHON_MINOR_MAX, sets[n]);
		}
	}
	assert_true(left_out > 1000);
	buf_reset(&text);
	for (unsigned n = 0; n <= PYLEX_BRACKET_MAX; n++)
		buf_add_char(&text, '(');
	buf_add_text(&text, tail);
	check_quiet(buf_span(&text), PYTHON_MINOR_MAX, PYLEX_QUIET_ALL);
	buf_free(&text);
}

/* A name that goes on in the next piece is one name. */
static void
test_quiet_pieces(void **state)
{
	struct span first = SPAN("x = a_name_of_more_than_thirty_two_letters_and_a_"),
		    second = SPAN("lambda + y\n");
	struct pytoken tok;
	struct pylex lx;
	size_t count;

	(void)state;
	pylex_init(&lx, 0);
	assert_int_equal(pylex_read(&lx, &first, PYLEX_QUIET_ALL, &tok, 1, &count), PYLEX_TOKEN);
	assert_int_equal(pylex_read(&lx, &first, PYLEX_QUIET_ALL, &tok, 1, &count), PYLEX_MORE);
	assert_int_equal(count, 0);
	assert_int_equal(lx.skipped_to, 1);
	assert_int_equal(pylex_next(&lx, &second, &tok), PYLEX_TOKEN);
	assert_int_equal(tok.kind, PYTOK_NAME);
	assert_int_equal(tok.word, PYW_OTHER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_indentation),
		cmocka_unit_test(test_words_and_numbers),
		cmocka_unit_test(test_operators),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_fstrings),
		cmocka_unit_test(test_brackets),
		cmocka_unit_test(test_token_details),
		cmocka_unit_test(test_end_stays),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_quiet_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
