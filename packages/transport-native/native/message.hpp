#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "connection.hpp"

/**
 * The records that cross to JavaScript and back, little-endian, one behind the other in one buffer.
 * `src/reports.ts` and `src/orders.ts` have the other side; the layouts stand here.
 */
namespace infrarust {

/**
 * To JavaScript: u32 length, u8 kind, u8 detail, u16 count, f64 id, f64 at, then the fields named here.
 */
enum class Report : uint8_t {
  /** u32 listener, u16 peer port, u16 local port, u8 + u8 lengths of the address texts, the texts, first bytes. */
  Accepted = 1,
  /** u32 seq in force, u32 0, all unconsumed bytes. */
  Bytes,
  /** detail: How. */
  Ended,
  /** detail: attempt; count: failures; u32 seq, u32 0, f64 connect ms, failures. */
  Dialled,
  /** count: failures; u32 seq, u32 0, failures: u8 attempt, u8 cause, u16 0, i32 errno. */
  DialFailed,
  /** u32 seq. */
  Overrun,
  /** u32 seq. */
  Deadline,
  /** detail: By; count: How; f64 bytes in, f64 bytes out. */
  Finished,
  /** u32 listener. This thread does not touch the listening socket any more. */
  Unlistened,
  /** i32 errno, u32 listener. */
  AcceptPaused,
};

/**
 * From JavaScript: u32 length, u8 kind, u8 detail, u16 count, f64 id; a decision goes on with u32 seq, u32 consumed,
 * u32 shown (what JavaScript last saw), u32 max bytes, f64 deadline.
 */
enum class Order : uint8_t {
  Await = 1,
  /** detail: 1 to close after it. The bytes. */
  Respond,
  Hold,
  /** count: attempts; u32 replay limit, u32 idle ms, u32 half-closed idle ms, attempts: u32 head bytes, u32 connect
      timeout ms, u16 port, u8 length of the address text, u8 0, text, head. */
  Relay,
  /** detail: 1 to reset. */
  Close,
  /** count: 1 for a wildcard address; u32 listener, i32 descriptor. */
  Listen,
  /** u32 listener. */
  Unlisten,
  DestroyAll,
};

constexpr size_t kOrderHeadBytes = 16;
constexpr size_t kDecisionBytes = 40;

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
    const Head head{0,
                    static_cast<uint8_t>(kind),
                    static_cast<uint8_t>(detail),
                    static_cast<uint16_t>(count),
                    static_cast<double>(id),
                    at};
    put(head);
  }
  ~Record() {
    const auto length = static_cast<uint32_t>(bytes_.size() - start_);
    std::memcpy(bytes_.data() + start_, &length, sizeof length);
  }
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  template <typename T>
  void put(T value) {
    put(reinterpret_cast<const uint8_t*>(&value), sizeof value);
  }
  void put(const uint8_t* from, size_t count) { bytes_.insert(bytes_.end(), from, from + count); }

 private:
  struct Head {
    uint32_t length;
    uint8_t kind;
    uint8_t detail;
    uint16_t count;
    double id;
    double at;
  };

  std::vector<uint8_t>& bytes_;
  size_t start_;
};

/** A record from JavaScript as it came. */
struct Decision {
  explicit Decision(const uint8_t* record)
      : bytes(record), length(readAs<uint32_t>(record)), kind(static_cast<Order>(record[4])), detail(record[5]),
        count(readAs<uint16_t>(record + 6)), id(static_cast<uint64_t>(readAs<double>(record + 8))) {}

  uint32_t seq() const { return readAs<uint32_t>(bytes + 16); }
  uint32_t consumed() const { return readAs<uint32_t>(bytes + 20); }
  uint32_t shown() const { return readAs<uint32_t>(bytes + 24); }
  uint32_t maxBytes() const { return readAs<uint32_t>(bytes + 28); }
  double deadlineAt() const { return readAs<double>(bytes + 32); }
  const uint8_t* payload() const { return bytes + kDecisionBytes; }
  size_t payloadBytes() const { return length - kDecisionBytes; }

  const uint8_t* bytes;
  uint32_t length;
  Order kind;
  uint8_t detail;
  uint16_t count;
  uint64_t id;
};

}  // namespace infrarust
