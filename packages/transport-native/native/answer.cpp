#include "answer.hpp"

#include <algorithm>
#include <cerrno>

#include "listener.hpp"

namespace infrarust {

namespace {

/** Sends and keeps the rest, for which the client has its time. False: it is gone and finished. */
bool answer(Loop& loop, Connection& connection, const Decision& decision) {
  const bool wasWaiting = !connection.client.pending.empty();
  if (!loop.writeToClient(connection, decision.payload(), decision.payloadBytes())) {
    clientReset(loop, connection);
    return false;
  }
  if (!wasWaiting && !connection.client.pending.empty()) {
    connection.answerBy = loop.now() + kUnreadAnswerMs;
    loop.noteUnreadAnswer(connection);
  }
  return true;
}

void discard(Loop& loop, Connection& connection) {
  Side& client = connection.client;
  while (client.canRead && connection.discarded < kLingerBytes) {
    const ssize_t count = receive(client.fd.get(), loop.buffer(), Loop::kBufferBytes);
    if (count == -EAGAIN) {
      client.canRead = false;
      return;
    }
    if (count <= 0) {
      client.finReceived = true;
      return;
    }
    Counters::add(connection.counters->bytesIn, static_cast<size_t>(count));
    connection.discarded += static_cast<size_t>(count);
  }
}

}  // namespace

void respond(Loop& loop, Connection& connection, const Decision& decision) {
  if (!answer(loop, connection, decision)) return;
  if (decision.head.detail == 1) return endInOrder(loop, connection);
  connection.phase = Phase::Reading;
  readClient(loop, connection);
}

void endInOrder(Loop& loop, Connection& connection) {
  connection.endedBy({By::Gateway, How::Closed});
  endRelay(loop, connection);
}

void endRelay(Loop& loop, Connection& connection) {
  connection.unread.clear();
  connection.phase = Phase::Ending;
  connection.answerBy = loop.now() + kUnreadAnswerMs;
  connection.lingerBy = loop.now() + kLingerMs;
  progressEnd(loop, connection);
  if (connection.phase == Phase::Ending) loop.rearm(connection);
}

void progressEnd(Loop& loop, Connection& connection) {
  Side& backend = connection.backend;
  if (backend.fd.isOpen() && (!loop.flush(connection, backend) || backend.hasTakenAll())) backend.fd.close();

  Side& client = connection.client;
  if (client.fd.isOpen() && !client.finSent) {
    if (!loop.flush(connection, client)) client.fd.close();
    else if (client.hasTakenAll()) {
      shutdownOutput(client.fd.get());
      client.finSent = true;
      connection.lingerBy = loop.now() + kLingerMs;
      loop.rearm(connection);
    }
  }
  if (client.fd.isOpen() && client.finSent) {
    if (!client.finReceived) discard(loop, connection);
    if (client.finReceived || connection.discarded >= kLingerBytes) client.fd.close();
  }
  if (!client.fd.isOpen() && !backend.fd.isOpen()) loop.finish(connection, connection.end);
}

double endingDueAt(const Connection& connection) {
  const double client = connection.client.finSent ? connection.lingerBy : connection.answerBy;
  return std::min(connection.client.fd.isOpen() ? client : kNever,
                  connection.backend.fd.isOpen() ? connection.answerBy : kNever);
}

void endingTimeIsUp(Loop& loop, Connection& connection) {
  if (connection.backend.fd.isOpen() && connection.answerBy <= loop.now()) connection.backend.fd.reset();
  if (connection.client.finSent && connection.lingerBy <= loop.now()) connection.client.fd.close();
  else if (!connection.client.finSent && connection.answerBy <= loop.now()) connection.client.fd.reset();
  if (!connection.client.fd.isOpen() && !connection.backend.fd.isOpen()) loop.finish(connection, connection.end);
}

}  // namespace infrarust
