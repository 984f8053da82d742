#include "base/version.h"

const char covls_version[] = COVLS_VERSION;
