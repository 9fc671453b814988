#include "mailbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

namespace infrarust {

int Mailbox::open() {
  bell_ = Descriptor(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  return bell_.isOpen() ? 0 : -errno;
}

void Mailbox::ring() {
  const uint64_t once = 1;
  while (::write(bell_.get(), &once, sizeof once) < 0 && errno == EINTR) continue;
}

void Mailbox::send(const uint8_t* orders, size_t bytes) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    orders_.insert(orders_.end(), orders, orders + bytes);
  }
  // Both are sequentially consistent: either we see it asleep, or it sees the orders before it sleeps.
  hasOrders_.store(true);
  if (isAsleep_.exchange(false)) ring();
}

bool Mailbox::fallAsleep() {
  isAsleep_.store(true);
  return !hasOrders_.load();
}

void Mailbox::openOrders(std::vector<uint8_t>& into) {
  hasOrders_.store(false);
  const std::lock_guard<std::mutex> lock(mutex_);
  into.swap(orders_);
}

bool Mailbox::post(std::vector<uint8_t>& reports) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (reports_.empty()) reports_.swap(reports);
    else reports_.insert(reports_.end(), reports.begin(), reports.end());
  }
  emptyBatch(reports);
  return !isPosted_.exchange(true);
}

void Mailbox::take(std::vector<uint8_t>& reports) {
  emptyBatch(reports);
  isPosted_.store(false);
  const std::lock_guard<std::mutex> lock(mutex_);
  reports.swap(reports_);
}

}  // namespace infrarust
