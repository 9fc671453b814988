/* Preloaded: takes splicing, or pipes of a size, away from the program, as a filter of system calls or a limit does. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long calls;

static int error_named(const char *name) {
  if (strcmp(name, "ENOSYS") == 0) return ENOSYS;
  return strcmp(name, "EPERM") == 0 ? EPERM : EINVAL;
}

ssize_t splice(int from, off64_t *from_at, int to, off64_t *to_at, size_t length, unsigned flags) {
  const char *error = getenv("SPLICE_ERROR");
  const char *most = getenv("SPLICE_CALLS");
  if (error != NULL && most != NULL && atomic_fetch_add(&calls, 1) >= atol(most)) {
    errno = error_named(error);
    return -1;
  }
  return syscall(SYS_splice, from, from_at, to, to_at, length, flags);
}

int fcntl(int fd, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  if (command == F_SETPIPE_SZ && getenv("SMALL_PIPES") != NULL) {
    errno = EPERM;
    return -1;
  }
  return (int)syscall(SYS_fcntl, fd, command, argument);
}
