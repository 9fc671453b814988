#include "relay.hpp"

#include <algorithm>
#include <cerrno>

#include "answer.hpp"
#include "bulk_cipher.hpp"
#include "pour.hpp"

namespace infrarust {

namespace {

/** What one direction moves before others have their turn. */
constexpr size_t kTurnBytes = 512 * 1024;
/** A ciphered byte counts as so many more: 64 KiB of them take a millisecond. */
constexpr size_t kCipherWeight = 7;

// While nothing waits, a read takes a whole buffer.
static_assert(kRelayPendingBytes / kReadsLeft == Loop::kBufferBytes);

void noteEnd(Loop& loop, Connection& connection, Side& side, How how) {
  side.finReceived = true;
  side.canRead = false;
  side.isReset = how == How::Reset;
  connection.endedBy({&side == &connection.client ? By::Client : By::Server, how});
  connection.movedAt = loop.now();
  loop.rearm(connection);
}

/**
 * From one side to the other. Packets: `recv` into the buffer of the thread and `send` right after, keeping only a rest.
 * Bulk: by way of a pipe, see `pour`. Nothing is read while something waits for the other side.
 */
void move(Loop& loop, Connection& connection, Side& from, Side& to) {
  const bool isFromClient = &from == &connection.client;
  if (!to.isReset && !loop.flush(connection, to)) noteBroken(loop, to);
  for (size_t moved = 0; from.canRead && !from.finReceived && to.hasTakenAll();) {
    if (to.isReset && isFromClient) return;
    if (moved >= kTurnBytes) return loop.again(connection);
    const bool isPouring = to.pipe.isOpen();
    const size_t room = isPouring ? kTurnBytes - moved : readRoom(to);
    const ssize_t count = isPouring ? pour(loop, from, to, room) : receive(from.fd.get(), loop.buffer(), room);
    if (count == -EAGAIN) {
      if (isPouring) continue;
      from.canRead = false;
      return;
    }
    if (count <= 0) return noteEnd(loop, connection, from, count == 0 && !from.isReset ? How::Fin : How::Reset);
    const auto bytes = static_cast<size_t>(count);
    moved += bytes;
    connection.movedAt = loop.now();
    if (isFromClient) {
      Counters::add(connection.counters->bytesIn, bytes);
      // Late, so that a connection of one packet does not pay for it: see `sendWithoutDelay` of the dial.
      if (connection.backendNeedsNoDelay) {
        connection.backendNeedsNoDelay = false;
        setNoDelay(to.fd.get());
      }
    }
    if (isPouring) {
      if (!pourOut(loop, connection, to)) noteBroken(loop, to);
      continue;
    }
    if (connection.cipher != nullptr) {
      // It never pours: what does is seen by nobody.
      to.largeReads = 0;
      if (!isFromClient && bytes >= BulkCipher::kBulkBytes && bytes <= kReadBytes) {
        if (bytes < room && !from.isHungUp) from.canRead = false;
        return loop.bulkCipher().take(loop, connection, loop.buffer(), bytes);
      }
      connection.cipher->pass(isFromClient, loop.buffer(), bytes);
      moved += kCipherWeight * bytes;
    }
    if (bytes < room && !from.isHungUp) from.canRead = false;
    if (!to.isReset && !loop.write(connection, to, loop.buffer(), bytes)) noteBroken(loop, to);
    noteRead(loop, to, bytes);
  }
}

void passEnd(const Side& from, Side& to) {
  if (!from.finReceived || to.finSent || !to.hasTakenAll()) return;
  shutdownOutput(to.fd.get());
  to.finSent = true;
}

}  // namespace

void noteBroken(Loop& loop, Side& side) {
  side.isReset = true;
  side.canRead = true;
  side.isHungUp = true;
  side.pending.clear();
  stopPouring(loop, side);
}

size_t readRoom(const Side& to) {
  const size_t pending = pendingBytes.load(std::memory_order_relaxed);
  const size_t left = pending < kRelayPendingBytes ? (kRelayPendingBytes - pending) / kReadsLeft : 0;
  return std::clamp(left, kSmallestReadBytes, to.largeReads == kLargeReads ? Loop::kBufferBytes : kReadBytes);
}

void pump(Loop& loop, Connection& connection) {
  // What is on its way comes before what is read now.
  if (connection.isInBulkCipher) loop.bulkCipher().send(loop);
  Side& client = connection.client;
  Side& backend = connection.backend;
  move(loop, connection, client, backend);
  move(loop, connection, backend, client);

  for (Side* side : {&client, &backend})
    if (side->finReceived && side->isBroken && !side->finSent) side->isReset = true;

  if (client.isReset) {
    // What it sent before still goes to the backend.
    connection.endedBy({By::Client, How::Reset});
    client.fd.close();
    return endRelay(loop, connection);
  }
  if (backend.isReset && backend.finReceived) {
    // Its last words may be a kick text: they are flushed and followed by a FIN, for a reset would discard them.
    connection.endedBy({By::Server, How::Reset});
    backend.fd.close();
    return endRelay(loop, connection);
  }
  if (client.finReceived && backend.finReceived && client.hasTakenAll() && backend.hasTakenAll())
    return loop.finish(connection, connection.end);
  passEnd(client, backend);
  passEnd(backend, client);
}

void pumpFirst(Loop& loop, Connection& connection, size_t bytes) {
  if (connection.cipher != nullptr) connection.cipher->encrypt(loop.buffer(), bytes);
  if (!loop.write(connection, connection.client, loop.buffer(), bytes)) noteBroken(loop, connection.client);
  pump(loop, connection);
}

double relayIdleAt(const Connection& connection) {
  const bool isHalfClosed = connection.client.finReceived || connection.backend.finReceived;
  const uint32_t idleMs = isHalfClosed ? connection.halfClosedIdleMs : connection.idleMs;
  return idleMs == 0 ? kNever : connection.movedAt + idleMs;
}

}  // namespace infrarust
