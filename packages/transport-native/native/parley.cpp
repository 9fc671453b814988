#include "parley.hpp"

#include <algorithm>
#include <cerrno>

#include "dial.hpp"
#include "listener.hpp"
#include "relay.hpp"

namespace infrarust {

namespace {

void noteServerEnd(Connection& connection, How how) {
  connection.backend.finReceived = true;
  connection.backend.canRead = false;
  connection.backend.isReset = how == How::Reset;
  connection.endedBy({By::Server, how});
}

/** Reads while it is below its maximum and the client has taken all that is queued for it. */
void collectServer(Loop& loop, Connection& connection) {
  Side& backend = connection.backend;
  Parley& parley = *connection.plan->parley;
  if (!connection.client.pending.empty()) return;
  while (backend.canRead && !backend.finReceived && parley.unread.size() < parley.maxBytes) {
    const size_t room = std::min(parley.maxBytes - parley.unread.size(), kReadBytes);
    const ssize_t count = receive(backend.fd.get(), loop.buffer(), room);
    if (count == -EAGAIN) {
      backend.canRead = false;
      return;
    }
    if (count <= 0) return noteServerEnd(connection, count == 0 && !backend.isReset ? How::Fin : How::Reset);
    parley.unread.append(loop.buffer(), static_cast<size_t>(count));
    if (static_cast<size_t>(count) < room && !backend.isHungUp) backend.canRead = false;
  }
}

void showServer(Loop& loop, Connection& connection) {
  Parley& parley = *connection.plan->parley;
  const size_t visible = std::min(parley.unread.size(), parley.maxBytes);
  if (visible > parley.shown) {
    Record record = loop.report(Report::ServerBytes, connection);
    record.put(Answering{connection.seq, 0});
    record.put(parley.unread.data(), visible);
    parley.shown = visible;
  }
  // In the order of the stream: behind the last of its bytes.
  const Side& backend = connection.backend;
  if (!backend.finReceived || parley.endTold || parley.unread.size() > parley.maxBytes) return;
  parley.endTold = true;
  const How how = backend.isReset ? How::Reset : How::Fin;
  loop.report(Report::ServerEnded, connection, static_cast<unsigned>(how)).put(Answering{connection.seq, 0});
}

void sendToServer(Loop& loop, Connection& connection, const uint8_t* bytes, size_t count) {
  Side& backend = connection.backend;
  if (count == 0 || backend.isReset) return;
  sendWithoutDelay(connection);
  if (!loop.write(connection, backend, bytes, count)) noteBroken(loop, backend);
}

/** What is left of each side follows what was queued, and the relay stands; it passes a FIN on that was seen. */
void stand(Loop& loop, Connection& connection) {
  const std::unique_ptr<Plan> plan = std::move(connection.plan);
  const Bytes& left = plan->parley->unread;
  connection.phase = Phase::Relaying;
  connection.movedAt = loop.now();
  connection.backendNeedsKeepAlive = loop.shared().keepAlive().isOn();
  if (!loop.writeToClient(connection, left.data(), left.size())) noteBroken(loop, connection.client);
  sendToServer(loop, connection, connection.unread.data(), connection.unread.size());
  connection.unread.clear();
  loop.rearm(connection);
  pump(loop, connection);
}

}  // namespace

void beginParley(Loop& loop, Connection& connection, size_t firstBytes) {
  connection.plan->parley->unread.append(loop.buffer(), firstBytes);
  connection.phase = Phase::Parleying;
  connection.deadlineAt = kNever;
  loop.rearm(connection);
  progressParley(loop, connection);
}

void parley(Loop& loop, Connection& connection, const Decision& decision) {
  const auto fields = readAs<ParleyFields>(decision.payload());
  const uint8_t* toClient = decision.payload() + sizeof fields;
  const uint8_t* toServer = toClient + fields.toClientBytes;
  Parley& parley = *connection.plan->parley;
  if (fields.consumed > 0) parley.unread.drop(fields.consumed);
  parley.shown = fields.shown;
  parley.maxBytes = fields.maxBytes;
  parley.endTold = fields.isEndTold == 1;
  parley.isDecided = true;
  if (fields.toClientBytes > 0 && !loop.writeToClient(connection, toClient, fields.toClientBytes))
    return clientReset(loop, connection);
  const size_t toServerBytes = decision.payloadBytes() - sizeof fields - fields.toClientBytes;
  sendToServer(loop, connection, toServer, toServerBytes);
  if (decision.head.detail == 1) stand(loop, connection);
  else progressParley(loop, connection);
}

void progressParley(Loop& loop, Connection& connection) {
  Side& backend = connection.backend;
  if (!backend.isReset && !loop.flush(connection, backend)) noteBroken(loop, backend);
  readClient(loop, connection);
  if (connection.phase != Phase::Parleying || !connection.plan->parley->isDecided) return;
  collectServer(loop, connection);
  showServer(loop, connection);
}

}  // namespace infrarust
