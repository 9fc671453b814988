#include "pour.hpp"

#include <cerrno>
#include <utility>

namespace infrarust {

namespace {

/** There is no splicing here. What went into the pipe before it showed is copied out of it. */
bool copyOut(Loop& loop, Connection& connection, Side& to) {
  canSplice.store(false, std::memory_order_relaxed);
  while (!to.pipe.isEmpty()) {
    const ssize_t count = to.pipe.read(loop.buffer(), Loop::kBufferBytes);
    if (count <= 0) return false;
    to.pending.append(loop.buffer(), static_cast<size_t>(count));
  }
  stopPouring(loop, to);
  return loop.flush(connection, to);
}

}  // namespace

void noteRead(Loop& loop, Side& to, size_t bytes) {
  const bool isLarge = bytes >= kReadBytes && to.pending.empty() && !to.isReset;
  if (!isLarge) to.largeReads = 0;
  else if (to.largeReads < kLargeReads) ++to.largeReads;
  if (to.largeReads == kLargeReads) to.pipe = loop.pipes().take(loop.now());
}

ssize_t pour(Loop& loop, const Side& from, Side& to, size_t most) {
  const ssize_t count = to.pipe.fill(from.fd.get(), most);
  if (count > 0) return count;
  if (isNoSplice(count)) canSplice.store(false, std::memory_order_relaxed);
  stopPouring(loop, to);
  // What has poured counts as large: where bulk comes in bursts, the next one has one read to show, not two.
  to.largeReads = kLargeReads - 1;
  // A reset shows once, whoever comes upon it first; the next look says FIN.
  return count < 0 && !isNoSplice(count) ? count : -EAGAIN;
}

bool pourOut(Loop& loop, Connection& connection, Side& to) {
  while (!to.pipe.isEmpty()) {
    const ssize_t count = to.pipe.drain(to.fd.get());
    // Only this says that the socket is full: a short result may have other reasons.
    if (count == -EAGAIN) return loop.awaitOutput(connection, to);
    if (isNoSplice(count)) return copyOut(loop, connection, to);
    if (count <= 0) return false;
    loop.noteSent(connection, to, static_cast<size_t>(count));
  }
  return true;
}

void stopPouring(Loop& loop, Side& to) {
  loop.pipes().giveBack(std::move(to.pipe));
  to.largeReads = 0;
}

}  // namespace infrarust
