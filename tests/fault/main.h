/* SPDX-License-Identifier: MIT */
/* For struct CMUnitTest; the state is a struct fault_test. */
#ifndef TESTS_FAULT_MAIN_H
#define TESTS_FAULT_MAIN_H

int fault_setup(void **state);
void fault_test_one(void **state);
int fault_teardown(void **state);

#endif
