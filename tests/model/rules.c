/* SPDX-License-Identifier: MIT */
#include "rules.h"

#include <stdio.h>
#include <string.h>

char *model_rules_text(model_rules rules, char *text, size_t size)
{
	static const char *const says[] = {
#define X(name, says_) #name ": " says_,
		MODEL_RULES
#undef X
	};

	text[0] = '\0';
	for (int rule = 0; rule < MODEL_RULE_COUNT; rule++) {
		size_t used = strlen(text);

		if (rules >> rule & 1)
			snprintf(text + used, size - used, "\n\t%s", says[rule]);
	}
	return text;
}
