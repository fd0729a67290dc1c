/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs the unit tests: all suites of suites.def, or those named as arguments. Check forks for each
 * test and ends one that hangs; CK_RUN_CASE, CK_FORK and CK_VERBOSITY work as Check documents them.
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

static int is_wanted(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return 1;
	return argc == 1;
}

int main(int argc, char **argv)
{
	SRunner *runner = NULL;
	int failed;

	for (size_t i = 0; i < SUITE_COUNT; i++) {
		if (!is_wanted(suites[i].name, argc, argv))
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
