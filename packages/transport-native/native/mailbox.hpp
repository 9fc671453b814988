#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "socket.hpp"

namespace infrarust {

/** What an empty batch keeps of its memory for the next one. */
constexpr size_t kKeptBatchBytes = 256 * 1024;

/** Empties a batch, and gives back what an unusually large one has taken. */
inline void emptyBatch(std::vector<uint8_t>& batch) {
  if (batch.capacity() > kKeptBatchBytes) std::vector<uint8_t>().swap(batch);
  else batch.clear();
}

/**
 * What lies between a relay thread and JavaScript: orders one way, reports the other, whole batches each time. The
 * thread is rung only when it sleeps, JavaScript only when it has taken everything that it was told of before.
 */
class Mailbox {
 public:
  /** 0, or a negated errno. */
  int open();
  /** Readable, once for each ring, to who watches it edge-triggered: nobody has to read it. */
  int bell() const { return bell_.get(); }
  void ring();

  // JavaScript's side.
  void send(const uint8_t* orders, size_t bytes);
  void take(std::vector<uint8_t>& reports);

  // The thread's side.
  bool hasOrders() const { return hasOrders_.load(); }
  /** Takes all orders into an empty vector. */
  void openOrders(std::vector<uint8_t>& into);
  /** Before sleeping; false when there are orders after all. */
  bool fallAsleep();
  void wakeUp() { isAsleep_.store(false, std::memory_order_relaxed); }
  /** Empties the batch. True when JavaScript has to be woken. */
  bool post(std::vector<uint8_t>& reports);

 private:
  Descriptor bell_;
  std::mutex mutex_;
  std::vector<uint8_t> orders_;
  std::vector<uint8_t> reports_;
  std::atomic<bool> hasOrders_{false};
  std::atomic<bool> isAsleep_{false};
  std::atomic<bool> isPosted_{false};
};

}  // namespace infrarust
