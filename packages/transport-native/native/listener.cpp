#include "listener.hpp"

#include <algorithm>
#include <cerrno>

namespace infrarust {

namespace {

/** One notice a minute however often accepting pauses in it. */
constexpr double kNoticeEveryMs = 60'000;

void pauseAccepting(Loop& loop, Listener& listener, int error) {
  loop.pause(listener, loop.now() + kAcceptPauseMs);
  double noticedAt = loop.shared().noticedAt.load();
  if (loop.now() - noticedAt < kNoticeEveryMs) return;
  if (loop.shared().noticedAt.compare_exchange_strong(noticedAt, loop.now())) loop.reportPaused(listener, error);
}

void admit(Loop& loop, const Listener& listener, Descriptor accepted, const Endpoint& peer) {
  Connection* connection = loop.takeConnection();
  // A million connections on this thread: the table is full, the newcomer goes.
  if (connection == nullptr) return;
  connection->client.fd = std::move(accepted);
  connection->client.canWrite = true;
  connection->client.isUnix = peer.any.sa_family == AF_UNIX;
  connection->listener = listener.index;
  connection->isOfWildcard = listener.isWildcard;
  connection->peer = peer;
  connection->acceptedAt = loop.now();
  loop.shared().untold.fetch_add(1, std::memory_order_relaxed);
  connection->maxBytes = kFirstReadBytes;
  connection->phase = Phase::Fresh;
  if (!loop.watch(*connection, connection->client, false)) return clientReset(loop, *connection);
  loop.rearm(*connection);
}

bool isPassing(int error) {
  return error == ECONNABORTED || error == EINTR || error == EPROTO || error == ENETDOWN || error == EHOSTUNREACH ||
         error == ENETUNREACH || error == EPERM;
}

/** Whether the logic sees bytes of the client now. */
bool isShown(const Connection& connection) {
  return connection.phase == Phase::Reading ||
         (connection.phase == Phase::Parleying && connection.plan->parley->isDecided);
}

/** How many unconsumed bytes may be held now. One more than allowed is read in a hold, to see that there is more. */
size_t readLimit(const Connection& connection) {
  if (connection.phase == Phase::Undecided) return 0;
  if (connection.phase == Phase::Parleying)
    return isShown(connection) && connection.backend.pending.empty() ? connection.maxBytes : 0;
  const bool watchesOverrun = connection.phase == Phase::Holding && !connection.overrunTold;
  return connection.maxBytes + (watchesOverrun ? 1 : 0);
}

/** Reads as far as allowed. False: the client is gone. */
bool collect(Loop& loop, Connection& connection) {
  Side& client = connection.client;
  const size_t limit = readLimit(connection);
  while (client.canRead && !client.finReceived && connection.unread.size() < limit) {
    const size_t room = std::min(limit - connection.unread.size(), kReadBytes);
    const ssize_t count = receive(client.fd.get(), loop.buffer(), room);
    if (count == 0) {
      client.finReceived = true;
      connection.endedBy({By::Client, How::Fin});
    } else if (count == -EAGAIN) {
      client.canRead = false;
    } else if (count < 0) {
      return false;
    } else {
      Counters::add(connection.counters->bytesIn, static_cast<size_t>(count));
      if (connection.cipher != nullptr) connection.cipher->decrypt(loop.buffer(), static_cast<size_t>(count));
      connection.unread.append(loop.buffer(), static_cast<size_t>(count));
      if (static_cast<size_t>(count) < room && !client.isHungUp) client.canRead = false;
    }
  }
  // An error that no read will come upon.
  return !(client.isBroken && (client.finReceived || connection.unread.size() >= limit));
}

void tellOverrun(Loop& loop, Connection& connection) {
  if (connection.phase != Phase::Holding || connection.overrunTold) return;
  if (connection.unread.size() <= connection.maxBytes) return;
  connection.overrunTold = true;
  loop.report(Report::Overrun, connection).put(Answering{connection.seq, 0});
}

/** In the order of the stream: where bytes are shown, behind the last of them. */
void tellEnd(Loop& loop, Connection& connection) {
  if (!connection.client.finReceived || connection.endTold || connection.phase == Phase::Undecided) return;
  const bool isUndecided = connection.phase == Phase::Parleying && !isShown(connection);
  if (isUndecided || (isShown(connection) && connection.unread.size() > connection.maxBytes)) return;
  connection.endTold = true;
  loop.report(Report::Ended, connection, static_cast<unsigned>(How::Fin)).put(Answering{connection.seq, 0});
}

void showBytes(Loop& loop, Connection& connection) {
  const size_t visible = std::min(connection.unread.size(), connection.maxBytes);
  if (!isShown(connection) || visible <= connection.shown) return;
  Record record = loop.report(Report::Bytes, connection);
  record.put(Answering{connection.seq, 0});
  record.put(connection.unread.data(), visible);
  connection.shown = visible;
}

}  // namespace

void acceptSome(Loop& loop, Listener& listener, unsigned limit) {
  // An event of this batch for a listener that an earlier one of it paused.
  if (listener.pausedUntil > 0) return;
  for (unsigned accepted = 0; accepted < limit;) {
    if (loop.shared().untold.load(std::memory_order_relaxed) >= kMostUntold)
      return loop.pause(listener, loop.now() + kCatchUpMs);
    Descriptor descriptor;
    Endpoint peer;
    const int error = -acceptFrom(listener.fd, descriptor, peer);
    if (error == 0) {
      ++accepted;
      admit(loop, listener, std::move(descriptor), peer);
    } else if (error == EAGAIN) {
      return;
    } else if (!isPassing(error)) {
      // EMFILE, ENFILE, ENOBUFS, ENOMEM: accepting again at once would only burn the processor.
      return pauseAccepting(loop, listener, error);
    }
  }
}

void announce(Loop& loop, Connection& connection) {
  const EndpointText peer = describe(connection.peer);
  EndpointText local{};
  Endpoint own;
  // JavaScript knows the address of a listener that is bound to one.
  if (connection.isOfWildcard && localEndpoint(connection.client.fd.get(), own)) local = describe(own);
  const size_t visible = std::min(connection.unread.size(), connection.maxBytes);

  Record record = loop.report(Report::Accepted, connection);
  record.put(Accepted{connection.listener, peer.port, local.port, peer.length, local.length, 0});
  record.put(reinterpret_cast<const uint8_t*>(peer.address), peer.length);
  record.put(reinterpret_cast<const uint8_t*>(local.address), local.length);
  record.put(connection.unread.data(), visible);
  connection.shown = visible;
  connection.phase = Phase::Undecided;
}

void clientReset(Loop& loop, Connection& connection) {
  if (connection.phase == Phase::Fresh) announce(loop, connection);
  loop.report(Report::Ended, connection, static_cast<unsigned>(How::Reset)).put(Answering{connection.seq, 0});
  loop.finish(connection, {By::Client, How::Reset});
}

void readClient(Loop& loop, Connection& connection) {
  Side& client = connection.client;
  const bool wasAnswering = !client.pending.empty();
  if (!loop.flush(connection, client) || !collect(loop, connection)) return clientReset(loop, connection);
  if (wasAnswering && client.pending.empty()) loop.rearm(connection);
  if (connection.phase == Phase::Fresh) {
    if (connection.unread.empty() && !client.finReceived) return;
    announce(loop, connection);
    return loop.rearm(connection);
  }
  showBytes(loop, connection);
  tellOverrun(loop, connection);
  tellEnd(loop, connection);
}

}  // namespace infrarust
