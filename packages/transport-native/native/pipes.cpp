#include "pipes.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace infrarust {

namespace {

/** Room for fragments: as many pages as this has, each of which may stand for several on loopback. */
constexpr int kPipeBytes = 256 * 1024;
/** The kernel gives a user who has many pipes smaller ones; below this, copying is as cheap. */
constexpr int kSmallestPipeBytes = 128 * 1024;
/**
 * In a pipe at a time. Its size does not bound that: each of its slots holds a fragment, which may be larger than a
 * page. Bytes in it are in no buffer of a socket any more, so nobody else bounds them.
 */
constexpr size_t kMostInPipe = 1024 * 1024;
/** What all threads together keep for later: half of the pipes, so that none is without because others had them first. */
constexpr unsigned kMostSpare = kMostPipes / 2;
constexpr double kRetryMs = 100;

std::atomic<unsigned> openPipes{0};
std::atomic<unsigned> sparePipes{0};

/** Counts one more up to this. */
bool countUp(std::atomic<unsigned>& counter, unsigned most) {
  if (counter.fetch_add(1, std::memory_order_relaxed) < most) return true;
  counter.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

/** No descriptor is taken that a session could have: a tenth of the limit is not for sessions, and part of it for pipes. */
unsigned mostPipes() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t notForSessions = limit.rlim_cur / 10;
  if (notForSessions < kOwnDescriptors) return 0;
  return static_cast<unsigned>(std::min<rlim_t>(kMostPipes, (notForSessions - kOwnDescriptors) / 2));
}

/** Neither side waits. Never SPLICE_F_MORE, with which the last bytes of a burst would be held back. */
ssize_t spliceNow(int from, int to, size_t most) {
  for (;;) {
    const ssize_t count = splice(from, nullptr, to, nullptr, most, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (count >= 0) return count;
    if (errno != EINTR) return -errno;
  }
}

}  // namespace

bool isNoSplice(ssize_t result) {
  return result == -EINVAL || result == -ENOSYS || result == -EPERM || result == -EOPNOTSUPP;
}

Pipe& Pipe::operator=(Pipe&& other) noexcept {
  if (this == &other) return *this;
  close();
  input_ = std::move(other.input_);
  output_ = std::move(other.output_);
  held_ = std::exchange(other.held_, 0);
  return *this;
}

Pipe Pipe::open() {
  Pipe pipe;
  int ends[2];
  if (!countUp(openPipes, mostPipes())) return pipe;
  if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) {
    openPipes.fetch_sub(1, std::memory_order_relaxed);
    return pipe;
  }
  pipe.output_ = Descriptor(ends[0]);
  pipe.input_ = Descriptor(ends[1]);
  // Its limits are not looked up, for the service sees no /proc of the system: what it was given is asked for.
  fcntl(ends[1], F_SETPIPE_SZ, kPipeBytes);
  if (fcntl(ends[1], F_GETPIPE_SZ) < kSmallestPipeBytes) pipe.close();
  return pipe;
}

void Pipe::close() {
  if (!isOpen()) return;
  input_.close();
  output_.close();
  held_ = 0;
  openPipes.fetch_sub(1, std::memory_order_relaxed);
}

ssize_t Pipe::fill(int socket, size_t most) {
  const ssize_t count = spliceNow(socket, input_.get(), std::min(most, kMostInPipe - held_));
  if (count > 0) held_ += static_cast<size_t>(count);
  return count;
}

ssize_t Pipe::drain(int socket) {
  // Exactly what is in it: of more, the kernel would think that there is more to come, and hold back the last segment.
  const ssize_t count = spliceNow(output_.get(), socket, held_);
  if (count > 0) held_ -= static_cast<size_t>(count);
  return count;
}

ssize_t Pipe::read(uint8_t* into, size_t room) {
  const ssize_t count = ::read(output_.get(), into, std::min(room, held_));
  if (count > 0) held_ -= static_cast<size_t>(count);
  return count >= 0 ? count : -errno;
}

void Pipe::checkEmpty() const {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  int bytes = 0;
  if (ioctl(output_.get(), FIONREAD, &bytes) == 0 && bytes == 0) return;
  std::fprintf(stderr, "a pipe was given back with %d bytes in it\n", bytes);
  std::abort();
#endif
}

Pipe PipePool::take(double now) {
  if (!spare_.empty()) {
    Pipe pipe = std::move(spare_.back());
    spare_.pop_back();
    sparePipes.fetch_sub(1, std::memory_order_relaxed);
    return pipe;
  }
  if (now < retryAt_ || !canSplice.load(std::memory_order_relaxed)) return Pipe();
  Pipe pipe = Pipe::open();
  if (!pipe.isOpen()) retryAt_ = now + kRetryMs;
  return pipe;
}

void PipePool::giveBack(Pipe pipe) {
  if (!pipe.isOpen() || !pipe.isEmpty()) return;
  pipe.checkEmpty();
  if (canSplice.load(std::memory_order_relaxed) && countUp(sparePipes, kMostSpare)) spare_.push_back(std::move(pipe));
}

PipePool::~PipePool() { sparePipes.fetch_sub(static_cast<unsigned>(spare_.size()), std::memory_order_relaxed); }

}  // namespace infrarust
