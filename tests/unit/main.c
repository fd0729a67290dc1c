/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs the unit tests: all suites of suites.def, or those named as arguments, or every fourth ("1of4"), so that parts can run
 * beside each other. Check forks for each test and ends one that hangs; CK_RUN_CASE, CK_FORK and CK_VERBOSITY work as Check documents them.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/rrd_store.h"

#define SUITE(name) Suite *name##_suite(void);
#define SUITE_OF_LIBRRD SUITE
#include "suites.def"
#undef SUITE
#undef SUITE_OF_LIBRRD

static const struct {
	const char *name;
	Suite *(*make)(void);
	int records; /* wants librrd */
} suites[] = {
#define SUITE(name) {#name, name##_suite, 0},
#define SUITE_OF_LIBRRD(name) {#name, name##_suite, 1},
#include "suites.def"
#undef SUITE
#undef SUITE_OF_LIBRRD
};

enum { SUITE_COUNT = sizeof suites / sizeof suites[0] };

static int is_in_part(const char *part, size_t suite)
{
	unsigned number, of;

	return sscanf(part, "%uof%u", &number, &of) == 2 && of > 0 && suite % of == number - 1;
}

static int is_wanted(size_t suite, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], suites[suite].name) == 0 || is_in_part(argv[i], suite))
			return 1;
	return argc == 1;
}

int main(int argc, char **argv)
{
	SRunner *runner = NULL;
	int failed;

	for (size_t i = 0; i < SUITE_COUNT; i++) {
		if (!is_wanted(i, argc, argv))
			continue;
		if (suites[i].records && !rrd_store_there()) {
			printf("skipped: %s, built without librrd\n", suites[i].name);
			continue;
		}
		if (runner == NULL)
			runner = srunner_create(suites[i].make());
		else
			srunner_add_suite(runner, suites[i].make());
	}
	if (runner == NULL) {
		fprintf(stderr, "unit: no suite of that name\n");
		return EXIT_FAILURE;
	}
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
