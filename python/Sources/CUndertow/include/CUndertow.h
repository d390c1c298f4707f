#ifndef CUNDERTOW_H
#define CUNDERTOW_H

#include <stdint.h>

// The three structures of the Arrow C data and stream interfaces: their layout is the interface
// (https://arrow.apache.org/docs/format/CDataInterface.html).

struct ArrowSchema {
    const char *format, *name, *metadata;
    int64_t flags, n_children;
    struct ArrowSchema **children, *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length, null_count, offset, n_buffers, n_children;
    const void **buffers;
    struct ArrowArray **children, *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

// How far a call is: what, its unit, done, of how much. Called from any thread, one call at a time.
typedef void (*undertow_progress)(const char *title, const char *unit, double done, double total);

// The stop flag of a call: any thread may set it to something else than 0.
int32_t undertow_read_flag(const int32_t *flag);

// `PyCapsule_GetPointer`, to be set once by who makes capsules; then the destructor of capsules that hold a stream.
extern void *(*undertow_capsule_pointer)(void *capsule, const char *name);
void undertow_capsule_end(void *capsule);
// The same for schemas.
void undertow_schema_capsule_end(void *capsule);

#endif
