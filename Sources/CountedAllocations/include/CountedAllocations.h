#ifndef COUNTED_ALLOCATIONS_H
#define COUNTED_ALLOCATIONS_H

/// How often the calling thread has asked for memory from the heap since it began. Zero for ever where the C library is not
/// glibc: see `counts_allocations`.
long allocations_of_this_thread(void);

/// Whether allocations are counted here at all.
int counts_allocations(void);

#endif
