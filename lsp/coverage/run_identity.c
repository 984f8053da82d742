#include "run_identity.h"

void
run_identity_set(struct store_run *run, const struct data_digest *digest, const char *format)
{
	run->size = digest->size;
	run->hash = digest->hash;
	if (!data_is_database(format))
		run->hash ^= (uint64_t)run->modified_ns * UINT64_C(0x9e3779b97f4a7c15);
}
