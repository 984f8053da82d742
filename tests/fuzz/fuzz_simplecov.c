/* The first byte picks where the rest, a report, is cut: what is said of it must not depend on that. */
#include <stdint.h>

#include "../support/report_machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	report_machine_fuzz(&simplecov_format, data, size);
	return 0;
}
