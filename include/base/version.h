/* version.h - the version that covls reports of itself, as "0.1.0". */
#ifndef COVLS_BASE_VERSION_H
#define COVLS_BASE_VERSION_H

extern const char covls_version[];

#endif
