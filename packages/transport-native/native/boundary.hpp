// Written by `pnpm run boundary` from src/boundary.ts, which says what each of these means. Change it there.

#pragma once

#include <cstddef>
#include <cstdint>

namespace infrarust {

constexpr size_t kCipherKeyBytes = 16;
constexpr size_t kLingerBytes = 65536;
constexpr double kLingerMs = 1000;
constexpr double kUnreadAnswerMs = 5000;
constexpr size_t kReadBytes = 65536;
constexpr size_t kMostPendingBytes = 33554432;
constexpr size_t kRelayPendingBytes = 25165824;
constexpr size_t kSmallestReadBytes = 4096;
constexpr unsigned kReadsLeft = 96;
constexpr double kKeepAliveAfterMs = 1000;
constexpr unsigned kListenBacklog = 1024;
constexpr unsigned kSlotBits = 20;
constexpr unsigned kThreadBits = 6;
constexpr size_t kLongestAddressBytes = 112;
constexpr unsigned kMostPipes = 64;
constexpr unsigned kOwnDescriptors = 48;
constexpr size_t kUnixPathMaxBytes = 107;
constexpr unsigned kUnixSocketMode = 432;

enum class Report : uint8_t {
  Accepted = 1,
  Bytes = 2,
  Ended = 3,
  Dialled = 4,
  DialFailed = 5,
  Overrun = 6,
  Deadline = 7,
  Finished = 8,
  Unlistened = 9,
  AcceptPaused = 10,
  ServerBytes = 11,
  ServerEnded = 12,
};

enum class Order : uint8_t {
  Await = 1,
  Respond = 2,
  Hold = 3,
  Relay = 4,
  Close = 5,
  Listen = 6,
  Unlisten = 7,
  DestroyAll = 8,
  Parley = 9,
};

enum class By : uint8_t {
  Nobody = 0,
  Client = 1,
  Server = 2,
  Gateway = 3,
};

enum class How : uint8_t {
  Fin = 0,
  Reset = 1,
  Idle = 2,
  Closed = 3,
};

enum class Failed : uint8_t {
  Connecting = 0,
  Connected = 1,
  ConnectTimeout = 2,
  NotAnAddress = 3,
};

#pragma pack(push, 1)
struct ReportHead {
  uint32_t length;
  uint8_t kind;
  uint8_t detail;
  uint16_t count;
  double id;
  double at;
};
#pragma pack(pop)

#pragma pack(push, 1)
struct Accepted {
  uint32_t listener;
  uint16_t peerPort;
  uint16_t localPort;
  uint8_t peerBytes;
  uint8_t localBytes;
  uint16_t unused;
};
#pragma pack(pop)

#pragma pack(push, 1)
struct Answering {
  uint32_t seq;
  uint32_t unused;
};
#pragma pack(pop)

#pragma pack(push, 1)
struct Dialled {
  uint32_t seq;
  uint32_t isParley;
  double connectMs;
};
#pragma pack(pop)

#pragma pack(push, 1)
struct Failure {
  uint8_t attempt;
  uint8_t how;
  uint16_t unused;
  int32_t number;
};
#pragma pack(pop)

#pragma pack(push, 1)
struct Finished {
  double bytesIn;
  double bytesOut;
};
#pragma pack(pop)

#pragma pack(push, 1)
struct OfListener {
  uint32_t listener;
};
#pragma pack(pop)

#pragma pack(push, 1)
struct AcceptPaused {
  uint32_t listener;
  int32_t error;
};
#pragma pack(pop)

#pragma pack(push, 1)
struct OrderHead {
  uint32_t length;
  uint8_t kind;
  uint8_t detail;
  uint16_t count;
  double id;
};
#pragma pack(pop)

#pragma pack(push, 1)
struct DecisionFields {
  uint32_t seq;
  uint32_t consumed;
  uint32_t shown;
  uint32_t maxBytes;
  uint32_t isEndTold;
  uint32_t cipherBytes;
  double deadlineAt;
};
#pragma pack(pop)

#pragma pack(push, 1)
struct ParleyFields {
  uint32_t consumed;
  uint32_t shown;
  uint32_t maxBytes;
  uint32_t isEndTold;
  uint32_t toClientBytes;
};
#pragma pack(pop)

#pragma pack(push, 1)
struct RelayFields {
  uint32_t replayLimitBytes;
  uint32_t idleMs;
  uint32_t halfClosedIdleMs;
};
#pragma pack(pop)

#pragma pack(push, 1)
struct AttemptFields {
  uint32_t headBytes;
  uint32_t connectTimeoutMs;
  uint16_t port;
  uint8_t addressBytes;
  uint8_t unused;
};
#pragma pack(pop)

#pragma pack(push, 1)
struct ListenFields {
  uint32_t listener;
  int32_t fd;
  uint32_t isWildcard;
};
#pragma pack(pop)

}  // namespace infrarust
