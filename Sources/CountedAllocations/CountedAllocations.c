#include "CountedAllocations.h"
#include <stddef.h>
#include <stdlib.h>

// Definitions in the program come before those of the C library, which exports its own under second names. Linked into
// the program `allocations` alone.
#if defined(__GLIBC__)
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static __thread long allocations;

void *malloc(size_t size) { allocations++; return __libc_malloc(size); }
void *calloc(size_t count, size_t size) { allocations++; return __libc_calloc(count, size); }
void *realloc(void *block, size_t size) { allocations++; return __libc_realloc(block, size); }
void *aligned_alloc(size_t alignment, size_t size) { allocations++; return __libc_memalign(alignment, size); }
int posix_memalign(void **block, size_t alignment, size_t size) {
    allocations++;
    *block = __libc_memalign(alignment, size);
    return *block ? 0 : 12;
}

long allocations_of_this_thread(void) { return allocations; }
int counts_allocations(void) { return 1; }
#else
long allocations_of_this_thread(void) { return 0; }
int counts_allocations(void) { return 0; }
#endif
