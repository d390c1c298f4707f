// The command line of the wheel: a few lines that go into the shared library beside them.

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **words) {
    char path[PATH_MAX + 64];
    ssize_t size = readlink("/proc/self/exe", path, PATH_MAX);
    if (size < 0) size = 0;
    path[size] = 0;
    char *slash = strrchr(path, '/');
    strcpy(slash ? slash + 1 : path, "libundertow_native.so");
    void *library = dlopen(path, RTLD_NOW);
    int (*run)(int, char **) = library ? (int (*)(int, char **))dlsym(library, "undertow_main") : 0;
    if (!run) {
        fprintf(stderr, "undertow: %s\n", dlerror());
        return 2;
    }
    return run(count, words);
}
