// libFuzzer's own entry point, for a program that has a main of its own.
#ifndef TRADINGD_FUZZER_DRIVER_H
#define TRADINGD_FUZZER_DRIVER_H

#include <stddef.h>
#include <stdint.h>

typedef int (*fuzzer_callback)(const uint8_t *bytes, size_t count);

/// Runs the fuzzer with the program's arguments; returns its exit code.
int fuzzer_run(int argc, char **argv, fuzzer_callback callback);

#endif
