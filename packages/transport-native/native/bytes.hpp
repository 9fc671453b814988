#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <utility>

#include "blocks.hpp"

namespace infrarust {

/** How much memory bytes take that wait for peers who do not take them, of all threads. */
inline std::atomic<size_t> pendingBytes{0};

/** Bytes that wait for somebody: taken from the front, added at the end. Owns its memory; none while it is empty. */
class Bytes {
 public:
  Bytes() = default;
  /** @param meter counts the memory that this takes */
  explicit Bytes(std::atomic<size_t>& meter) : meter_(&meter) {}
  Bytes(Bytes&& other) noexcept { swap(other); }
  Bytes& operator=(Bytes&& other) noexcept {
    Bytes taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~Bytes() { clear(); }

  const uint8_t* data() const { return memory_ + begin_; }
  uint8_t* data() { return memory_ + begin_; }
  size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }

  void append(const uint8_t* bytes, size_t count) {
    if (count == 0) return;
    if (capacity_ - end_ < count) makeRoom(count);
    std::memcpy(memory_ + end_, bytes, count);
    end_ += count;
  }

  void drop(size_t count) {
    if (count < size()) begin_ += count;
    else clear();
  }

  void clear() {
    hold(nullptr, 0);
    begin_ = end_ = 0;
  }

 private:
  void swap(Bytes& other) {
    std::swap(memory_, other.memory_);
    std::swap(begin_, other.begin_);
    std::swap(end_, other.end_);
    std::swap(capacity_, other.capacity_);
    std::swap(meter_, other.meter_);
  }

  /** This block from now on, and no longer the one before. */
  void hold(uint8_t* memory, size_t capacity) {
    if (meter_ != nullptr && capacity != capacity_)
      meter_->fetch_add(capacity - capacity_, std::memory_order_relaxed);
    if (memory_ != nullptr) giveBlock(memory_, capacity_);
    memory_ = memory;
    capacity_ = capacity;
  }

  /** A first fill is exact, for most hold one message and go; one that grows doubles, so single bytes stay linear. */
  void makeRoom(size_t count) {
    const size_t held = size();
    const size_t wanted = held == 0 ? count : 2 * held + count;
    auto* memory = static_cast<uint8_t*>(takeBlock(wanted));
    if (held > 0) std::memcpy(memory, data(), held);
    hold(memory, wanted);
    begin_ = 0;
    end_ = held;
  }

  uint8_t* memory_ = nullptr;
  size_t begin_ = 0;
  size_t end_ = 0;
  size_t capacity_ = 0;
  std::atomic<size_t>* meter_ = nullptr;
};

}  // namespace infrarust
