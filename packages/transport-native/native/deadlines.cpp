#include <algorithm>

#include "answer.hpp"
#include "dial.hpp"
#include "listener.hpp"
#include "loop.hpp"
#include "relay.hpp"

/** What each phase is waiting for, and what happens when it has waited long enough. */
namespace infrarust {

namespace {

double dueAt(const Connection& connection) {
  const double unreadAnswer = connection.client.pending.empty() ? kNever : connection.answerBy;
  switch (connection.phase) {
    case Phase::Fresh:
      return connection.acceptedAt + kAnnounceMs;
    case Phase::Reading:
    case Phase::Holding:
      return std::min(connection.deadlineAt, unreadAnswer);
    case Phase::Parleying:
      return connection.deadlineAt;
    case Phase::Dialling:
      return std::min({connection.deadlineAt, connection.plan->connectBy, unreadAnswer});
    case Phase::Relaying: {
      const double idle = relayIdleAt(connection);
      return connection.backendNeedsKeepAlive ? std::min(idle, connection.movedAt + kKeepAliveAfterMs) : idle;
    }
    case Phase::Ending:
      return endingDueAt(connection);
    case Phase::Undecided:
    case Phase::Closed:
      return kNever;
  }
  return kNever;
}

}  // namespace

void Loop::onTime(Connection& connection) {
  switch (connection.phase) {
    case Phase::Fresh:
      announce(*this, connection);
      break;
    case Phase::Reading:
    case Phase::Holding:
    case Phase::Dialling:
      if (!connection.client.pending.empty() && connection.answerBy <= now_) {
        destroy(connection, {By::Gateway, How::Closed});
      } else if (connection.deadlineAt <= now_) {
        if (connection.phase == Phase::Dialling) abandonDial(connection);
        connection.deadlineAt = kNever;
        report(Report::Deadline, connection).put(Answering{connection.seq, 0});
      } else if (connection.phase == Phase::Dialling && connection.plan->connectBy <= now_) {
        connectTimedOut(*this, connection);
      }
      break;
    case Phase::Parleying:
      if (connection.deadlineAt > now_) break;
      connection.deadlineAt = kNever;
      report(Report::Deadline, connection).put(Answering{connection.seq, 0});
      break;
    case Phase::Relaying:
      if (relayIdleAt(connection) <= now_) {
        finish(connection, {By::Gateway, How::Idle});
      } else if (connection.backendNeedsKeepAlive) {
        connection.backendNeedsKeepAlive = false;
        setKeepAlive(connection.backend.fd.get(), shared_.keepAlive());
      }
      break;
    case Phase::Ending:
      endingTimeIsUp(*this, connection);
      break;
    case Phase::Undecided:
    case Phase::Closed:
      break;
  }
  rearm(connection);
}

void Loop::rearm(Connection& connection) { wheel_.arm(connection, dueAt(connection)); }

}  // namespace infrarust
