/* SPDX-License-Identifier: MIT */
#include "generate.h"

#include "grammar.h"

#include <string.h>

/* The bytes of the grammar, some of them more often, and some bytes of no meaning. */
static const char alphabet[] = "uuggooaa++--==rwxXstst,,,DDFF01234567777 8dfAUWR\n\x7f\x80\xff";

void generator_init(struct generator *g, uint64_t seed)
{
	*g = (struct generator){.state = seed};
}

/* Steele, Lea, Flood: SplitMix64. */
size_t generator_below(struct generator *g, size_t end)
{
	uint64_t z = g->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (size_t)((z ^ z >> 31) % end);
}

/* Mostly short, a few so long that their actions need memory of their own. */
static size_t some_length(struct generator *g)
{
	static const size_t lengths[] = {4, 6, 9, 9, 14, 14, 20, 30, 60};

	if (generator_below(g, 100) == 0)
		return generator_below(g, GENERATE_SIZE - 1);
	return 1 +
	       generator_below(g, lengths[generator_below(g, sizeof(lengths) / sizeof(size_t))]);
}

/* Walks through the grammar until it may end, after about LEN bytes. */
static void walk(struct generator *g, size_t len, char spec[static GENERATE_SIZE])
{
	struct model_reader r;
	size_t at = 0;

	model_reader_init(&r, NULL);
	while (at < GENERATE_SIZE - 1 && (at < len || !model_may_end(&r))) {
		size_t choices = 0;
		const char *bytes;

		while (model_choice(&r, choices) != NULL)
			choices++;
		bytes = model_choice(&r, generator_below(g, choices));
		spec[at] = bytes[generator_below(g, strlen(bytes))];
		/* A digit may make the number too large: then another step, or the end. */
		if (model_take(&r, &spec[at]))
			at++;
		else if (generator_below(g, 4) == 0)
			break;
	}
	spec[at] = '\0';
}

/* Changes one place of SPEC: adds, drops or replaces a byte, swaps two, moves or copies a piece. */
static void spoil(struct generator *g, char spec[static GENERATE_SIZE])
{
	size_t len = strlen(spec), at = generator_below(g, len + 1);
	size_t n = 1 + generator_below(g, 3);
	char byte = alphabet[generator_below(g, sizeof(alphabet) - 1)];

	switch (generator_below(g, 6)) {
	case 0:
		if (len + 1 < GENERATE_SIZE) {
			memmove(spec + at + 1, spec + at, len - at + 1);
			spec[at] = byte;
		}
		break;
	case 1:
		if (at < len)
			memmove(spec + at, spec + at + 1, len - at);
		break;
	case 2:
		if (at < len)
			spec[at] = byte;
		break;
	case 3:
		if (at + 1 < len) {
			byte = spec[at];
			spec[at] = spec[at + 1];
			spec[at + 1] = byte;
		}
		break;
	case 4:
		if (at + n <= len && len + n < GENERATE_SIZE)
			memmove(spec + at + n, spec + at, len - at + 1);
		break;
	default:
		/* The end of the previous spec. */
		if (strlen(g->last) > at)
			memmove(spec + at, g->last + at, strlen(g->last + at) + 1);
		break;
	}
}

void generate_spec(struct generator *g, char spec[static GENERATE_SIZE])
{
	char before[GENERATE_SIZE];

	walk(g, some_length(g), spec);
	strcpy(before, spec);
	if (generator_below(g, 5) == 0)
		for (size_t n = 1 + generator_below(g, 3); n > 0; n--)
			spoil(g, spec);
	strcpy(g->last, before);
}
