/* Runs a program and writes how long it took and how much memory it held.
 *
 *   launch RESULT PROGRAM [ARGUMENT...]      RESULT receives "NANOSECONDS KILOBYTES STATUS"
 *
 * Python cannot measure that itself: a new process starts with the memory of the one it was forked
 * from, and its peak counts as the child's. https://man7.org/linux/man-pages/man2/getrusage.2.html
 */
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

int main(int argc, char **argv) {
    if (argc < 3)
        return 2;
    struct timespec start, end;
    struct rusage usage;
    pid_t pid;
    int status;
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (posix_spawnp(&pid, argv[2], NULL, NULL, argv + 2, environ) != 0 || wait4(pid, &status, 0, &usage) < 0) {
        perror(argv[2]);
        return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    long long elapsed = (end.tv_sec - start.tv_sec) * 1000000000LL + (end.tv_nsec - start.tv_nsec);
#ifdef __APPLE__
    usage.ru_maxrss /= 1024; /* there in bytes */
#endif
    FILE *result = fopen(argv[1], "w");
    if (result == NULL || fprintf(result, "%lld %ld %d\n", elapsed, usage.ru_maxrss, status) < 0 || fclose(result) != 0) {
        perror(argv[1]);
        return 1;
    }
    return 0;
}
