/*
 * path_rules.h - how the names in a coverage report are those of files here.
 *
 * A rule says: a recorded name that begins with `from` is the file that is called `to` and the rest. The
 * rules of a report are tried by rank; a recorded name belongs to the file of the first rule that leads
 * to a file that is there, and to no other. Rules of one rank are alternatives: a name that two of them
 * take to different files belongs to neither. So two files of the same name never swap: a source finds
 * a recorded name by a rule only if no other rule that counts as much takes that name elsewhere.
 *
 * Where the rules come from, in order: the setting covls.pathMappings; names that are right as they
 * stand; for relative names the report's own bases (Cobertura's <source>, gcov's working directory),
 * here or below another folder if they end alike; Go's modules; the report's folder and those above it up
 * to the workspace folder, where a quarter of the names must be there, then the other workspace folders,
 * where most must: the nearest that has most of those that are anywhere; last, what can be inferred
 * (lsp/coverage/infer.h): the replacement of a prefix that makes most
 * names of the report files of the workspace. One that is as good as another is no rule: then `trouble`
 * says between which two the choice was.
 *
 * Names are compared in a normal form (lsp/coverage/recorded.h): either kind of separator, a drive letter in
 * any case, without "./"; everything in any case (of ASCII) if the file system does so.
 */
#ifndef COVLS_COVERAGE_PATH_RULES_H
#define COVLS_COVERAGE_PATH_RULES_H

#include "base/buf.h"
#include "base/name_set.h"
#include "base/progress.h"
#include "base/text_list.h"
#include "config/path_mapping.h"
#include "coverage/tree.h"
#include "data/index.h"

enum path_rule_kind {
	PATH_RULE_AS_IS,
	PATH_RULE_SETTING, /* covls.pathMappings */
	PATH_RULE_BASE,    /* the report names the folder */
	PATH_RULE_MODULE,  /* go.mod */
	PATH_RULE_FOLDER,  /* relative to a folder here */
	PATH_RULE_INFERRED,
};

struct path_rule {
	enum path_rule_kind kind;
	uint32_t rank; /* rising in the list */
	char *from;    /* '/' as separator; ends with one, or is empty */
	char *to;      /* absolute; ends with '/' */
	/* Of the names that were tried: how many begin with `from`, how many of these are there. */
	uint32_t tried, found;
	/* Only files whose package line names the folder of the recorded name: Kotlin's may lie elsewhere. */
	bool by_package;
};

struct path_rules {
	struct path_rule *at;
	size_t count, cap;
	/* Why names of the report may lead nowhere, in words, or empty: "'src/util.js' may be
	 * '/w/a/src/util.js' or '/w/b/src/util.js'; set covls.pathMappings" */
	char trouble[320];

	/* Private. Normal forms of the names that are written otherwise, with their numbers from 1. */
	struct name_set forms;
	bool any_case;
};

struct path_rules_options {
	const char *folder;            /* where the data file lies */
	const struct text_list *roots; /* workspace folders, absolute */
	const struct path_mapping *mappings;
	size_t mapping_count;
	struct tree_cache *trees; /* the files of the workspace, listed when they are needed */
	struct progress *progress;
};

/* Replaces what `rules` holds (zeroed at first). Looks at the disk, for a sample of the names. */
void path_rules_make(struct path_rules *rules, const struct data_index *index,
		     const struct path_rules_options *options);

/* A recorded name that is called like a source and is not it, and the file that it is. Both owned. */
struct path_elsewhere {
	char *name, *file;
};

void path_elsewhere_free(struct path_elsewhere *elsewhere);

/*
 * The number of the recorded name that is `source`, an absolute path, tried as it is and without symbolic links.
 * *rule is the one that led to it, NULL if that is a link to it; *elsewhere, if not NULL, is set to a name that
 * would have been right but may as well mean another file (to be freed), else to nothing. `tried`, if not NULL,
 * gets each name that was looked up.
 */
bool path_rules_find(const struct path_rules *rules, const struct data_index *index,
		     const char *source, size_t *number, const struct path_rule **rule,
		     struct path_elsewhere *elsewhere, struct text_list *tried);

/* The other way: the file that a recorded name is, or NULL if it is none here, or it can't be told which. The
 * caller's to free(). */
char *path_rules_file(const struct path_rules *rules, struct span recorded);

/* A rule in words: "'/ci/build/' is '/home/me/proj/' here, as 118 of 120 names tell". */
void path_rule_describe(const struct path_rule *rule, struct buf *out);

/*
 * Up to `most` recorded names whose last part is that of `source`, the most alike first; for people who look why it
 * is none of them. Not those that are other files here, of which the first is *namesake (to be freed), unless that
 * is a copy that was installed (in site-packages, say): it may well have been made of the source.
 */
void path_rules_nearest(const struct path_rules *rules, const struct data_index *index,
			const char *source, size_t most, struct text_list *names,
			struct path_elsewhere *namesake);

/* Adds, in words, what is wrong with a mapping of the setting covls.pathMappings that leads to no file; false: with
 * none is anything wrong. */
bool path_rules_doubt_mapping(const struct path_rules *rules, struct buf *out);

void path_rules_free(struct path_rules *rules);

#endif
