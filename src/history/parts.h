/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The archive from the inside: its entities, journal and directory, shared by the files that make it. What is booked
 * goes to memory (entities, their waiting samples) and to the journal's buffer; each minute the buffer is
 * written as a whole (commit), and only what was committed goes into the RRD files. So a file never knows more than the
 * journal, and whoever opens the directory after a kill has all but the minute that was not committed.
 */
#ifndef HISTORY_PARTS_H
#define HISTORY_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "dpitop/map.h"
#include "history/archive.h"
#include "history/file_name.h"
#include "history/layout.h"
#include "history/ledger.h"
#include "history/line.h"
#include "history/rrd_file.h"
#include "history/runs.h"

enum { SECOND = 1000000, ENTITY_MAX = 65536, ENTITY_NAME = 80, PATH_ROOM = 4096 };
enum { JOURNAL_S = 60, LATE_S = 10 };          /* commit so often, when the minute's intervals are there; without them, later */
enum { LATE_TOLD_S = 90 };                     /* what is later than that is told */
enum { RETRY_S = 10, LOOK_S = 5 };             /* try again what failed; see that the directory is there */
enum { WAITING_MAX = 64 << 20, LINES_MAX = 4 << 20 }; /* memory of samples; of lines before they are written early */

struct sample_list { /* of numbers: a time in seconds, then the values of the dimension's data sources */
	int64_t *at;
	uint32_t count, room;
};
struct link {
	struct entity *before, *next;
};
struct entity {
	uint32_t id;            /* of lines; given again when it is gone */
	int dim;
	bool other, local;
	bool stored;            /* has a file, or will when its samples are written */
	bool unmade;            /* stored, but its file is not written yet */
	bool refused;           /* wanted a file and got none */
	bool keyed;
	bool announced;         /* the journal knows its id */
	bool there;             /* while the directory is swept: its file was seen */
	bool hurry;             /* its file is to be updated as soon as possible */
	char country[4];
	struct dim_key key;
	char *text, *name;
	int64_t first_us, last_us;
	int64_t begin_s;        /* nothing before is in its file */
	int64_t sent_s;         /* the daemon of librrd has all up to here */
	uint32_t stamp;         /* of the interval that touched it last */
	struct ledger ledger;
	struct sample_list waiting;
	struct link link;       /* least recently seen first; of those with a file, or of those without */
};
struct entity_list {
	struct entity *first, *last;
	size_t count;
};

struct class_state {
	int64_t last_us;        /* intervals that end here or before are late */
	int64_t booked_s;       /* end of the newest step that has something */
	int64_t closed_s;       /* steps up to here are done: they may go into files */
	int64_t committed_s;    /* and up to here the journal has them */
	struct runs runs;
	uint64_t journaled_changes; /* of runs, when they were written last */
	int64_t journaled_s;    /* end of the newest run then */
};

struct journal {
	int fd;                 /* -1: none, or it broke: all waits for a checkpoint */
	uint64_t number, bytes, catalog_bytes;
	struct lines lines;     /* not written yet */
	bool broken;
};

struct coverage { /* of the steps of a fetch, the same for all entities of a class */
	enum interval_class class_;
	int64_t from_s, step_s;
	size_t steps, room;
	uint64_t changes, count; /* of the runs it is made of */
	int32_t *seconds;
};

struct set_back { /* a clock that was ahead: what was recorded before cut_s is in files that had been written up to ahead_s */
	int64_t cut_s, ahead_s;
};
enum { SET_BACKS = 8 };

enum { BUCKET_BUSIEST = INTERVAL_CLASSES, BUCKETS }; /* of admission: a class each, and admit_only_busiest() */

struct archive {
	struct archive_options options;
	char dir[PATH_ROOM];
	char rrdcached[256];
	bool writing;
	int lock_fd, dir_fd, rrd_fd, undo_fd; /* -1: none */
	uint64_t size_bytes;

	struct entity *entities[ENTITY_MAX]; /* by id */
	uint32_t ids;           /* all below were given once */
	bool loading;           /* ids come from lines; which are free is told afterwards */
	uint32_t free_ids[ENTITY_MAX], free_count;
	struct map *by_text, *by_key;
	uint64_t seed[2];
	struct entity_list stored, others; /* others: without a file; not the rests of dimensions */
	struct entity *rest[ENTITY_TOTALS + 1]; /* of a dimension; [ENTITY_TOTALS]: the totals */
	uint32_t stamp;

	struct class_state classes[INTERVAL_CLASSES];
	struct set_back set_backs[SET_BACKS]; /* rising */
	size_t set_back_count;
	int64_t late_until_us;  /* all classes are late that begin before */
	struct journal journal;
	size_t waiting_bytes;   /* memory of samples */

	double tokens[BUCKETS]; /* bytes of files that may be made now */
	int64_t token_us[BUCKETS];
	uint64_t file_bytes, junk_bytes; /* of entities, and kept for rests; set aside or unknown */
	bool kept[DIM_COUNT];   /* there is room for the rest of a dimension, which has no file yet */
	uint64_t free_bytes;    /* of the file system when last asked, without what unmade files will take */
	uint64_t unmade_bytes;  /* of files that are still to be written */
	int64_t newest_us;      /* of what was recorded */

	int64_t now_us, commit_us, retry_us, look_us;
	uint64_t commits, worked; /* the last one whose samples archive_work() has gone through */
	uint32_t cursor;        /* of it through the entities */
	char trouble[384];      /* why nothing can be written; "" */
	char reader_text[200];
	struct archive_state state;
	struct map *known_files; /* while the directory is swept */
	struct { int64_t from_s, to_s; } adopted[INTERVAL_CLASSES];
	bool told_late;         /* that what comes is late */
	bool adopting;          /* the catalog is lost: files tell by their names whose they are */
	struct coverage coverage;
	uint8_t *header;        /* RRD_HEADER_MAX + what undo puts around */
	double *rows;           /* room for fetch */
	size_t rows_room;
	int64_t read_at;        /* a reader: how much of the journal it has */
	ino_t read_inode;       /* of the catalog it goes on from */
	size_t bad_lines;
};

struct archive *archive_new(const struct archive_options *o); /* archive.c; empty, of no directory yet */

/* ---- entities (entity.c) ---- */

struct map *entity_map_by_text(uint64_t seed);
struct map *entity_map_by_key(uint64_t seed);
/* By text, found or made; NULL: no room. key NULL: not known (yet). */
struct entity *entity_touch(struct archive *a, int dim, const char *text, const struct dim_key *key);
struct entity *entity_rest(struct archive *a, int dim); /* the rest of a dimension, or the totals; made if need be */
/* Of its text, or as a row has it where the text cannot be parsed here. */
struct entity *entity_get(const struct archive *a, int dim, const struct dim_key *key);
struct entity *entity_get_text(const struct archive *a, int dim, const char *text);
struct entity *entity_new_as(struct archive *a, uint32_t id, int dim, const char *text, bool other); /* loading; NULL: taken */
void entity_bind(struct archive *a, struct entity *e, const struct dim_key *key);
void entity_describe(struct archive *a, struct entity *e, const char *name, const char country[2], bool local); /* what is new is journaled */
void entity_see(struct archive *a, struct entity *e, int64_t time_us); /* most recently seen now */
void entity_store(struct archive *a, struct entity *e, bool stored);   /* give or take its file, in memory */
void entity_unmade(struct archive *a, struct entity *e, bool unmade);  /* its file is still to be written, or is */
void entity_drop(struct archive *a, struct entity *e);
void entities_release(struct archive *a);
void entities_loaded(struct archive *a); /* tell free ids, after loading */
/* Add to its sample of time_s, which is the last one or comes behind it. */
void entity_sample(struct archive *a, struct entity *e, int64_t time_s, const int64_t *values);
void entity_forget_samples(struct archive *a, struct entity *e, int64_t up_to_s);
void entity_forget_after(struct archive *a, struct entity *e, int64_t time_s);
static inline const int64_t *entity_waiting(const struct entity *e, uint32_t i, size_t width)
{
	return e->waiting.at + i * (width + 1);
}

/* ---- admission (admit.c) ---- */

struct candidate {
	struct entity *entity;
	const struct interval_row *row;
	int64_t bytes;
	int rank;
};
/* Give files to those that may have one: entity->stored. The most deserving first; sorts them. */
void admit(struct archive *a, struct candidate *all, size_t count, int64_t begin_s);
void admit_always(struct archive *a, struct entity *e, int64_t begin_s); /* a rest, or the totals: if there is any room */
void admit_fit(struct archive *a); /* the directory into its bound, after loading */
uint64_t admit_bytes(const struct archive *a); /* of all there is */
uint64_t admit_cost(int dim);   /* of a file, in whole blocks */
int admit_rank(int dim, bool local);
/* There may be so many rows, of so little use, that the rest of a dimension has all but the busiest. Such a row is not even
 * remembered. Hosts are: they are what one looks for. */
bool admit_only_busiest(int dim);
uint64_t journal_limit(const struct archive *a); /* so long it may become */

/* ---- journal and catalog (journal.c, checkpoint.c, load.c) ---- */

void journal_entity(struct archive *a, const struct entity *e);
void journal_booked(struct archive *a, const struct entity *e, int64_t time_s, int32_t day, const int64_t *values);
void journal_sample(struct archive *a, const struct entity *e, int64_t time_s, const int64_t *values);
void journal_ledger(struct archive *a, const struct entity *e, int64_t time_us, int32_t day, const struct counters *c);
void journal_unstored(struct archive *a, const struct entity *e);
void journal_dropped(struct archive *a, const struct entity *e);
/* Write what is in the buffer. False: a->trouble says why. */
bool journal_commit(struct archive *a);
bool checkpoint_write(struct archive *a); /* the whole state anew, and an empty journal */
bool checkpoint_is_due(const struct archive *a);
/* Catalog and journal from disk. ERR_NOT_FOUND: none there. */
int load_all(struct archive *a, struct error *e);
bool load_news(struct archive *a); /* a reader: what the writer has written since. False: nothing */
/* Lines; commits: only those before the last commit. Returns how many bytes were used. */
size_t load_text(struct archive *a, const char *text, size_t n, bool commits);

/* ---- files (update.c, undo.c, dir.c) ---- */

const char *entity_file_name(const struct entity *e, char buf[FILE_NAME]); /* below rrd/ */
void entity_path(const struct archive *a, const struct entity *e, char buf[PATH_ROOM]);
/* Its file, with its header in a->header, checked against the layout. -1 with ERR_NOT_FOUND, ERR_FORMAT (damaged) or ERR_IO. */
int entity_open(struct archive *a, const struct entity *e, struct rrd_shape *shape, struct error *error);
int dir_open_file(struct archive *a, const char *name, int flags); /* below rrd/; never through a symbolic link */
int update_file(struct archive *a, struct entity *e, struct error *error); /* its committed samples */
bool update_is_due(const struct archive *a, const struct entity *e);
bool undo_write(struct archive *a, const char *name, const void *header, size_t n);
void undo_clear(struct archive *a);
void undo_restore(struct archive *a); /* what an update left half done */

int dir_open(struct archive *a, struct error *e);      /* made if need be */
void dir_close(struct archive *a);
bool dir_lock(struct archive *a);                      /* false: reader_text says why not */
void dir_remove_journals(struct archive *a);           /* all but the present one */
bool dir_make_shard(struct archive *a, const char *shard);
void dir_sweep(struct archive *a);                     /* what a kill left; counts bytes */
/* The newest of its class lies hours behind this interval's time: the clock was ahead (go_back.c). Not of a capture's own times. */
bool archive_is_ahead(const struct archive *a, const struct interval *in);
void archive_go_back(struct archive *a, int64_t at_us); /* what lies behind it is let go */
bool set_back_add(struct archive *a, int64_t cut_s, int64_t ahead_s); /* false: not rising */
int rewind_file(struct archive *a, const struct entity *e, struct error *error); /* its file without what was written ahead */

bool dir_is_gone(const struct archive *a);             /* removed, or another one in its place */
bool dir_is_writable(struct archive *a);               /* false: trouble says why */
bool dir_reopen(struct archive *a);                    /* a reader, when it is gone: the one in its place */
void dir_remove_spare(const struct archive *a);
bool dir_renew(struct archive *a);                     /* made again, empty. False: a->trouble says why */
void dir_set_aside(struct archive *a, const struct entity *e);
void dir_remove_file(struct archive *a, const struct entity *e);
bool dir_remove_junk(struct archive *a);               /* make room; false: there is none */
uint64_t dir_free_bytes(const struct archive *a);
bool adopt(struct archive *a, const char *shard, const char *name); /* adopt.c */
void adopt_runs(struct archive *a);
const struct coverage *cover(struct archive *a, enum interval_class c, int64_t from_s, int64_t step_s, size_t steps); /* fetch.c */
void archive_trouble(struct archive *a, const char *what, int error_number);

#endif
