#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "boundary.hpp"
#include "bytes.hpp"
#include "cipher.hpp"
#include "pipes.hpp"
#include "socket.hpp"
#include "wheel.hpp"

namespace infrarust {

/** Where a connection stands; `decision` names refer to the contract in `@infrarust/core`. */
enum class Phase : uint8_t {
  /** Accepted, JavaScript does not know yet: it is told together with the first bytes, or a little later without. */
  Fresh,
  /** `await`, or `respond` then `await`. */
  Reading,
  /** Announced, and nothing decided yet: nothing more is read. */
  Undecided,
  /** `hold`, and after a dial that failed. */
  Holding,
  /** `relay`, before the backend's first byte. */
  Dialling,
  /** `relay` with a parley, from the backend's first byte to the pump. */
  Parleying,
  /** `relay`, pumping. */
  Relaying,
  /** Sending what is left to both sides, then our FIN to the client, then discarding what it still sends. */
  Ending,
  /** Over; on the closed list until the iteration ends. */
  Closed,
};

struct End {
  By by = By::Nobody;
  How how = How::Fin;
};

constexpr uint8_t kLargeReads = 2;

/** One socket of a connection and what waits to be sent to it. */
struct Side {
  Descriptor fd;
  Bytes pending{pendingBytes};
  /** What pours to it; open only while it does. */
  Pipe pipe;
  /** Edges seen and not used up: epoll does not repeat them. */
  bool canRead = false;
  bool canWrite = false;
  /** A FIN or an error is on its way: reading goes on until it shows, a short read does not mean the end. */
  bool isHungUp = false;
  /** An error, or both directions of a TCP connection are over: after a FIN was read, this is how a reset shows. */
  bool isBroken = false;
  /** A peer that closes a Unix socket ends both directions at once, and what it has sent is still to be read. */
  bool isUnix = false;
  bool finReceived = false;
  bool finSent = false;
  bool isReset = false;
  /** How many large reads in a row it has taken whole, counted up to `kLargeReads`: bulk from then on. */
  uint8_t largeReads = 0;
  bool isWatched = false;
  bool watchesOutput = false;

  bool hasTakenAll() const { return pending.empty() && pipe.isEmpty(); }
};

/** The backend's side of a parley. */
struct Parley {
  /** Everything from the backend that no decision consumed. */
  Bytes unread;
  size_t shown = 0;
  size_t maxBytes = 0;
  bool endTold = false;
  /** Until the first decision nothing is read or told. */
  bool isDecided = false;
};

/** What a `relay` decision asked for; freed when the relay stands. */
struct Plan {
  std::unique_ptr<uint8_t[]> attempts;
  size_t attemptsBytes = 0;
  size_t cursor = 0;
  uint8_t attempt = 0;
  uint8_t attemptCount = 0;
  std::vector<Failure> failures;
  const uint8_t* head = nullptr;
  size_t headBytes = 0;
  size_t headSent = 0;
  /** How many of the client's unconsumed bytes this attempt was sent. */
  size_t replaySent = 0;
  size_t replayLimit = 0;
  double startedAt = 0;
  double connectedAt = kNever;
  double connectBy = kNever;
  /** Where a parley comes first. */
  std::unique_ptr<Parley> parley;
};

/** What the JavaScript thread may read at any time, beside the connection and longer-lived than it. */
struct Counters {
  /** 0: never used. */
  std::atomic<uint32_t> generation{0};
  std::atomic<uint64_t> bytesIn{0};
  std::atomic<uint64_t> bytesOut{0};

  // Only the thread of the connection writes, so adding needs no locked instruction.
  static void add(std::atomic<uint64_t>& counter, size_t bytes) {
    counter.store(counter.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
  }
};

/** One connection: a place in the table of its thread, used again under a new generation. */
struct Connection : Timer {
  Counters* counters = nullptr;
  uint64_t id = 0;
  uint32_t slot = 0;
  uint32_t listener = 0;
  /** Its listener has more than one address, so that its own local one must be asked for. */
  bool isOfWildcard = false;
  /** The decision in force. */
  uint32_t seq = 0;
  Phase phase = Phase::Closed;
  bool isUsed = false;
  bool isOnReadyList = false;
  /** Bytes for its client wait in the thread's BulkCipher. */
  bool isInBulkCipher = false;
  bool overrunTold = false;
  bool endTold = false;
  bool backendNeedsNoDelay = false;
  bool backendNeedsKeepAlive = false;
  Side client;
  Side backend;
  /** Everything from the client that no decision consumed; while dialling, what would be replayed. */
  Bytes unread;
  /** How many bytes of `unread` JavaScript has been shown. */
  size_t shown = 0;
  size_t maxBytes = 0;
  double acceptedAt = 0;
  double deadlineAt = kNever;
  /** When a client that does not take its answer is reset. */
  double answerBy = kNever;
  /** When a client that does not close after our FIN is closed. */
  double lingerBy = kNever;
  double movedAt = 0;
  size_t discarded = 0;
  uint32_t idleMs = 0;
  uint32_t halfClosedIdleMs = 0;
  /** Whose end came first. */
  End end;
  Endpoint peer{};
  std::unique_ptr<Plan> plan;
  /** Where the stream with the client is ciphered. */
  std::unique_ptr<Cipher> cipher;

  void endedBy(End first) {
    if (end.by == By::Nobody) end = first;
  }
};

}  // namespace infrarust
