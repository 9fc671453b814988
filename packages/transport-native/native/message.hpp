#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "boundary.hpp"

/** The records that cross to JavaScript and back, little-endian, one behind the other in one buffer. */
namespace infrarust {

template <typename T>
T readAs(const uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/** Adds one report to `bytes`: begun by the constructor, its length written when it goes out of scope. */
class Record {
 public:
  Record(std::vector<uint8_t>& bytes, Report kind, uint64_t id, double at, unsigned detail = 0, unsigned count = 0)
      : bytes_(bytes), start_(bytes.size()) {
    put(ReportHead{0, static_cast<uint8_t>(kind), static_cast<uint8_t>(detail), static_cast<uint16_t>(count),
                   static_cast<double>(id), at});
  }
  ~Record() {
    const auto length = static_cast<uint32_t>(bytes_.size() - start_);
    std::memcpy(bytes_.data() + start_, &length, sizeof length);
  }
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  template <typename T>
  void put(const T& value) {
    put(reinterpret_cast<const uint8_t*>(&value), sizeof value);
  }
  void put(const uint8_t* from, size_t count) { bytes_.insert(bytes_.end(), from, from + count); }

 private:
  std::vector<uint8_t>& bytes_;
  size_t start_;
};

/** A record from JavaScript as it came. Only a decision has `fields` and a payload. */
struct Decision {
  explicit Decision(const uint8_t* record) : bytes(record), head(readAs<OrderHead>(record)) {}

  Order kind() const { return static_cast<Order>(head.kind); }
  uint64_t id() const { return static_cast<uint64_t>(head.id); }
  /** What follows the head of an order that is no decision. */
  template <typename T>
  T body() const {
    return readAs<T>(bytes + sizeof(OrderHead));
  }
  DecisionFields fields() const { return body<DecisionFields>(); }
  /** The key of a cipher that begins with it, where `fields` say that there is one. */
  const uint8_t* cipherKey() const { return bytes + sizeof(OrderHead) + sizeof(DecisionFields); }
  const uint8_t* payload() const { return cipherKey() + fields().cipherBytes; }
  size_t payloadBytes() const { return head.length - static_cast<size_t>(payload() - bytes); }

  const uint8_t* bytes;
  OrderHead head;
};

}  // namespace infrarust
