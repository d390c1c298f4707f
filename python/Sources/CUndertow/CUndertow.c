#include "CUndertow.h"

#include <stdatomic.h>
#include <stdlib.h>

int32_t undertow_read_flag(const int32_t *flag) {
    return flag ? __atomic_load_n(flag, __ATOMIC_RELAXED) : 0;
}

void *(*undertow_capsule_pointer)(void *, const char *) = 0;

void undertow_capsule_end(void *capsule) {
    struct ArrowArrayStream *stream = undertow_capsule_pointer(capsule, "arrow_array_stream");
    // Who took the stream left nothing in it to release.
    if (stream && stream->release) stream->release(stream);
    free(stream);
}

void undertow_schema_capsule_end(void *capsule) {
    struct ArrowSchema *schema = undertow_capsule_pointer(capsule, "arrow_schema");
    if (schema && schema->release) schema->release(schema);
    free(schema);
}
