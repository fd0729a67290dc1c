/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Category lists from files: one file a category, one entry a line, in the ways such lists are written
 * by people and by those who publish them. A line that is neither is named and skipped: the rest of a
 * long list is worth having. Whoever starts or reloads calls; not an engine's thread.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "model/category_parts.h"
#include "model/host_key.h"

enum { WORD = 1024, FILE_BYTES = 1 << 30 };

struct reading { /* one file */
	struct categories *set;
	struct category_report *report;
	const char *path; /* as problems name it */
	size_t line;
	uint16_t category;
};

__attribute__((format(printf, 2, 3))) static void problem(struct category_report *r, const char *format, ...)
{
	char text[2 * PATH_MAX];
	va_list args;

	if (r->bad++ >= CATEGORY_PROBLEMS)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	text_clean(r->problems[r->bad - 1], sizeof r->problems[0], text, strlen(text));
}

static void bad_line(const struct reading *r, const char *word, const char *what)
{
	problem(r->report, "%s:%zu: '%.60s' %s", r->path, r->line, word, _(what));
}

static void count(const struct reading *r, enum category_result result)
{
	if (result == CATEGORY_FULL)
		bad_line(r, "", N_("is one entry too many"));
	r->report->entries += result == CATEGORY_ADDED;
	r->report->twice += result == CATEGORY_TWICE;
}

/* The next word of the line, without its end; "" when there is none. */
static const char *next_word(const char **line, const char *end, char word[WORD])
{
	static const char blanks[] = " \t\r\v\f";
	const char *s = *line;
	size_t n = 0, kept;

	while (s < end && *s != '\0' && strchr(blanks, *s) != NULL)
		s++;
	if (s < end && *s == '#')
		s = end;
	while (s + n < end && (s[n] == '\0' || strchr(blanks, s[n]) == NULL))
		n++;
	kept = n < WORD ? n : WORD - 1;
	for (size_t i = 0; i < kept; i++)
		word[i] = s[i] != '\0' ? s[i] : '?'; /* no part of any name */
	word[kept] = '\0';
	*line = s + n;
	return word;
}

/* "example.org", ".example.org", "*.example.org": with all below it; "=example.org": itself. */
static bool add_host(const struct reading *r, const char *word)
{
	enum category_kind kind = word[0] == '=' ? CATEGORY_EXACT : CATEGORY_BELOW;
	const char *name = word;
	char key[HOST_KEY];
	size_t n;

	if (strncmp(name, "*.", 2) == 0)
		name += 2;
	else if (name[0] == '.' || name[0] == '=')
		name++;
	n = host_key(key, name, strlen(name));
	if (n == 0)
		return false;
	count(r, category_add_host(r->set, r->category, kind, key, n));
	return true;
}

static bool is_like_address(const char *word)
{
	size_t n = strspn(word, "0123456789.");

	return strchr(word, ':') != NULL || (n > 0 && (word[n] == '\0' || word[n] == '/'));
}

/* As hosts(5) has it, an address and names. The names of the machine itself, in one label, are no sites. */
static void hosts_line(const struct reading *r, const char *line, const char *end, char word[WORD])
{
	while (next_word(&line, end, word)[0] != '\0') {
		const char *point = strchr(word, '.');

		if (point == NULL || point[1] == '\0' || is_like_address(word) ||
		    strcasecmp(word, "localhost.localdomain") == 0)
			continue;
		if (!add_host(r, word))
			bad_line(r, word, N_("is no host name"));
	}
}

static void address_line(const struct reading *r, const char *line, const char *end, char word[WORD])
{
	bool is_net = word[strspn(word, "0123456789abcdefABCDEF:.")] == '/';
	struct error e = {.position = -1};
	const char *rest = line;
	char more[WORD];
	struct cidr net;

	if (!is_net && next_word(&rest, end, more)[0] != '\0') {
		word[strcspn(word, "%")] = '\0'; /* fe80::1%lo0 */
		if (addr_parse(&net.addr, word, NULL) == 0)
			hosts_line(r, line, end, word);
		else
			bad_line(r, word, N_("is no host name, address or network"));
		return;
	}
	if (next_word(&rest, end, more)[0] != '\0')
		bad_line(r, more, N_("stands behind a network: one entry a line"));
	else if (cidr_parse(&net, word, &e) != 0)
		bad_line(r, word, is_net ? N_("is no network") : N_("is no host name, address or network"));
	else
		count(r, category_add_net(r->set, r->category, &net));
}

static void read_line(const struct reading *r, const char *line, const char *end)
{
	char word[WORD], more[WORD];

	if (next_word(&line, end, word)[0] == '\0')
		return;
	if (is_like_address(word))
		address_line(r, line, end, word);
	else if (next_word(&line, end, more)[0] != '\0')
		bad_line(r, more, N_("stands behind a name: one entry a line"));
	else if (!add_host(r, word))
		bad_line(r, word, N_("is no host name, address or network"));
}

static void read_text(struct reading *r, const char *text, size_t n)
{
	const char *end = text + n;

	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) /* a byte order mark */
		text += 3;
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		r->line++;
		read_line(r, text, stop != NULL ? stop : end);
		text = stop != NULL ? stop + 1 : end;
	}
}

/* The file's name is the category's. False if it has none that can be shown, or there are too many. */
static bool name_category(struct reading *r, const char *file)
{
	size_t n = strlen(file);
	char name[CATEGORY_NAME];

	if (n > 4 && strcmp(file + n - 4, ".txt") == 0)
		n -= 4;
	text_clean(name, sizeof name, file, n);
	r->category = name[strspn(name, " ")] != '\0' ? category_touch(r->set, name) : CATEGORY_NONE;
	return r->category != CATEGORY_NONE;
}

static void read_named(struct categories *c, const char *path, const char *name, const char *text, size_t n,
		       struct category_report *report)
{
	struct reading r = {.set = c, .report = report, .path = path};

	if (name_category(&r, name))
		read_text(&r, text, n);
	else
		problem(report, _("%s: there are more than %d categories, or this one has no name"), path, CATEGORY_MAX);
	report->files++;
}

void categories_read(struct categories *c, const char *name, const char *text, size_t n, struct category_report *r)
{
	read_named(c, name, name, text, n, r);
}

/* ---- files ---- */

/* All of a file; NULL with errno. */
static char *slurp(int fd, size_t size, size_t *n)
{
	char *text = mem_alloc(size + 1);

	*n = 0;
	while (*n < size) {
		ssize_t got = read(fd, text + *n, size - *n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			mem_free(text);
			return NULL;
		}
		if (got == 0)
			break;
		*n += (size_t)got;
	}
	return text;
}

static void read_file(struct categories *c, const char *directory, int dir, const char *name,
		      struct category_report *r)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not hold us up */
	char path[PATH_MAX], *text = NULL;
	struct stat st;
	size_t n;

	snprintf(path, sizeof path, "%s%s%s", directory, directory[strlen(directory) - 1] == '/' ? "" : "/", name);
	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		close(fd);
		return;
	}
	if (fd >= 0 && st.st_size > FILE_BYTES)
		errno = EFBIG;
	else if (fd >= 0)
		text = slurp(fd, (size_t)st.st_size, &n);
	if (text != NULL)
		read_named(c, path, name, text, n, r);
	else
		problem(r, _("%s: cannot be read: %s"), path, strerror(errno));
	mem_free(text);
	if (fd >= 0)
		close(fd);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_list(const char *name)
{
	return name[0] != '.' && name[strlen(name) - 1] != '~';
}

/* The names of the files, sorted. */
static char **list_files(DIR *d, size_t *n)
{
	char **names = NULL;
	const struct dirent *entry;

	*n = 0;
	while ((entry = readdir(d)) != NULL) {
		if (!is_list(entry->d_name))
			continue;
		names = mem_grow(names, *n + 1, sizeof *names);
		names[(*n)++] = mem_strdup(entry->d_name);
	}
	if (*n > 0)
		qsort(names, *n, sizeof *names, by_name);
	return names;
}

struct categories *categories_load(const char *directory, struct category_report *r, struct error *e)
{
	DIR *d = directory[0] != '\0' ? opendir(directory) : NULL;
	struct categories *c;
	char **names;
	size_t n;

	memset(r, 0, sizeof *r);
	if (d == NULL) {
		int why = directory[0] != '\0' ? errno : ENOENT;

		error_set(e, why == ENOENT ? ERR_NOT_FOUND : ERR_IO, "cannot read category lists in '%.100s': %s", directory,
			  why == ENOENT    ? _("no such directory")
			  : why == ENOTDIR ? _("it is no directory")
					   : strerror(why));
		return NULL;
	}
	c = categories_new();
	names = list_files(d, &n);
	for (size_t i = 0; i < n; i++) {
		read_file(c, directory, dirfd(d), names[i], r);
		mem_free(names[i]);
	}
	mem_free(names);
	closedir(d);
	category_trim(c);
	return c;
}
