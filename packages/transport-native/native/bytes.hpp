#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace infrarust {

/** Bytes that wait for somebody: taken from the front, added at the end. Owns its memory; none while it is empty. */
class Bytes {
 public:
  Bytes() = default;
  Bytes(Bytes&& other) noexcept { swap(other); }
  Bytes& operator=(Bytes&& other) noexcept {
    Bytes taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~Bytes() { std::free(memory_); }

  const uint8_t* data() const { return memory_ + begin_; }
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
    std::free(memory_);
    memory_ = nullptr;
    begin_ = end_ = capacity_ = 0;
  }

 private:
  void swap(Bytes& other) {
    std::swap(memory_, other.memory_);
    std::swap(begin_, other.begin_);
    std::swap(end_, other.end_);
    std::swap(capacity_, other.capacity_);
  }

  /** A first fill is exact, for most hold one message and go; one that grows doubles, so single bytes stay linear. */
  void makeRoom(size_t count) {
    const size_t held = size();
    const size_t wanted = held == 0 ? count : 2 * held + count;
    auto* memory = static_cast<uint8_t*>(std::malloc(wanted));
    // Out of memory ends the process here as it does in V8 beside us; there is nobody to hand an error to.
    if (memory == nullptr) std::abort();
    if (held > 0) std::memcpy(memory, data(), held);
    std::free(memory_);
    memory_ = memory;
    begin_ = 0;
    end_ = held;
    capacity_ = wanted;
  }

  uint8_t* memory_ = nullptr;
  size_t begin_ = 0;
  size_t end_ = 0;
  size_t capacity_ = 0;
};

}  // namespace infrarust
