/* The first byte picks where the rest is cut; the whole and the two parts must give the same. */
#include "../support/report_machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	report_machine_fuzz(&luacov_stats_format, data, size);
	report_machine_fuzz(&luacov_report_format, data, size);
	return 0;
}
