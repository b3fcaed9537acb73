// Counts what a process asks of the heap, by standing in front of malloc and its family.
//
// Linked into a program, or put before one with LD_PRELOAD. Then, when TRADINGD_ALLOCATIONS names a file, the counts
// are written there at exit: "CALLS BYTES FREES PEAK_RSS_KIB\n". It changes nothing else.
#ifndef TRADINGD_ALLOCATION_COUNTER_H
#define TRADINGD_ALLOCATION_COUNTER_H

#include <stdint.h>

/// Blocks asked for so far by this process: malloc, calloc, realloc, posix_memalign, aligned_alloc, memalign.
uint64_t allocation_counter_calls(void);

/// Bytes asked for in those calls.
uint64_t allocation_counter_bytes(void);

/// Blocks given back so far.
uint64_t allocation_counter_frees(void);

/// Asks for one block of `size` bytes and gives it back, where no optimiser can see it.
void allocation_counter_allocate_once(uintptr_t size);

#endif
