#include "relay.hpp"

#include <algorithm>
#include <cerrno>

#include "answer.hpp"

namespace infrarust {

namespace {

/** Full buffers one direction moves before others have their turn. */
constexpr int kTurns = 2;

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

/** A failed send: that side is gone, but what it sent before may still be there to be read. */
void noteBroken(Side& side) {
  side.isReset = true;
  side.canRead = true;
  side.isHungUp = true;
  side.pending.clear();
}

/** From one side to the other: `recv` into the buffer of the thread and `send` right after, keeping only a rest. */
void move(Loop& loop, Connection& connection, Side& from, Side& to) {
  const bool isFromClient = &from == &connection.client;
  if (!to.isReset && !loop.flush(connection, to)) noteBroken(to);
  for (int turn = 0; from.canRead && !from.finReceived && to.pending.empty(); ++turn) {
    if (to.isReset && isFromClient) return;
    if (turn == kTurns) return loop.again(connection);
    const size_t room = readRoom(to);
    const ssize_t count = receive(from.fd.get(), loop.buffer(), room);
    if (count == -EAGAIN) {
      from.canRead = false;
      return;
    }
    if (count <= 0) return noteEnd(loop, connection, from, count == 0 && !from.isReset ? How::Fin : How::Reset);
    const auto bytes = static_cast<size_t>(count);
    if (bytes < room && !from.isHungUp) from.canRead = false;
    connection.movedAt = loop.now();
    if (isFromClient) {
      Counters::add(connection.counters->bytesIn, bytes);
      // Late, so that a connection of one packet does not pay for it: see `sendWithoutDelay` of the dial.
      if (connection.backendNeedsNoDelay) {
        connection.backendNeedsNoDelay = false;
        setNoDelay(to.fd.get());
      }
    }
    if (!to.isReset && !loop.write(connection, to, loop.buffer(), bytes)) noteBroken(to);
    to.keepsUp = bytes >= kReadBytes && to.pending.empty();
  }
}

void passEnd(const Side& from, Side& to) {
  if (!from.finReceived || to.finSent || !to.pending.empty()) return;
  shutdownOutput(to.fd.get());
  to.finSent = true;
}

}  // namespace

size_t readRoom(const Side& to) {
  const size_t pending = pendingBytes.load(std::memory_order_relaxed);
  const size_t left = pending < kRelayPendingBytes ? (kRelayPendingBytes - pending) / kReadsLeft : 0;
  return std::clamp(left, kSmallestReadBytes, to.keepsUp ? Loop::kBufferBytes : kReadBytes);
}

void pump(Loop& loop, Connection& connection) {
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
  if (client.finReceived && backend.finReceived && client.pending.empty() && backend.pending.empty())
    return loop.finish(connection, connection.end);
  passEnd(client, backend);
  passEnd(backend, client);
}

void pumpFirst(Loop& loop, Connection& connection, size_t bytes) {
  if (!loop.write(connection, connection.client, loop.buffer(), bytes)) noteBroken(connection.client);
  pump(loop, connection);
}

double relayIdleAt(const Connection& connection) {
  const bool isHalfClosed = connection.client.finReceived || connection.backend.finReceived;
  const uint32_t idleMs = isHalfClosed ? connection.halfClosedIdleMs : connection.idleMs;
  return idleMs == 0 ? kNever : connection.movedAt + idleMs;
}

}  // namespace infrarust
