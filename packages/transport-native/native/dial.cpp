#include "dial.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <limits>

#include "listener.hpp"
#include "parley.hpp"
#include "relay.hpp"

namespace infrarust {

namespace {

void putFailures(Record& record, const Plan& plan) {
  for (const Failure& failure : plan.failures) record.put(failure);
}

Failed failedAt(const Plan& plan) { return plan.connectedAt == kNever ? Failed::Connecting : Failed::Connected; }

void note(Connection& connection, Failed how, int number) {
  Plan& plan = *connection.plan;
  plan.failures.push_back({plan.attempt, static_cast<uint8_t>(how), 0, number});
  ++plan.attempt;
  connection.backend = Side{};
}

/** Reads the next attempt of the plan. False: it is for no address, and for no Unix socket. */
bool readAttempt(Loop& loop, Plan& plan, SocketName& name) {
  const uint8_t* attempt = plan.attempts.get() + plan.cursor;
  const auto fields = readAs<AttemptFields>(attempt);
  const uint8_t* text = attempt + sizeof fields;
  plan.headBytes = fields.headBytes;
  plan.head = text + fields.addressBytes;
  plan.cursor += sizeof fields + fields.addressBytes + fields.headBytes;
  plan.headSent = plan.replaySent = 0;
  plan.connectedAt = kNever;
  plan.startedAt = loop.now();
  plan.connectBy = plan.startedAt + fields.connectTimeoutMs;

  char address[kLongestAddressBytes + 1] = {};
  if (fields.addressBytes > kLongestAddressBytes) return false;
  std::memcpy(address, text, fields.addressBytes);
  return parseSocketName(address, fields.port, name);
}

/** Starts to connect; an errno where that fails at once. */
int startAttempt(Connection& connection, const SocketName& name) {
  const int result = startConnect(name, connection.plan->headBytes > 0, connection.backend.fd);
  return result == 0 || result == -EINPROGRESS ? 0 : -result;
}

/**
 * Sends head and client bytes, both in one segment where they fit. Without waiting for the connect to be reported: on a
 * short path it is done by now, and a socket that still connects says EAGAIN.
 */
int sendHead(Loop& loop, Connection& connection) {
  Plan& plan = *connection.plan;
  Side& backend = connection.backend;
  // What the client says before a parley is for the logic.
  const bool isForParley = plan.parley != nullptr;
  const size_t replayable = isForParley ? 0 : std::min(connection.unread.size(), plan.replayLimit);
  const size_t headLeft = plan.headBytes - plan.headSent;
  const size_t clientLeft = replayable - plan.replaySent;
  if (headLeft + clientLeft > 0) {
    if (plan.connectedAt != kNever) sendWithoutDelay(connection);
    const ssize_t result = transmit(backend.fd.get(), plan.head + plan.headSent, headLeft,
                                    connection.unread.data() + plan.replaySent, clientLeft);
    if (result == -EAGAIN) return loop.awaitOutput(connection, backend) ? 0 : errno;
    if (result < 0) return static_cast<int>(-result);
    const auto sent = static_cast<size_t>(result);
    plan.headSent += std::min(sent, headLeft);
    plan.replaySent += sent - std::min(sent, headLeft);
    if (sent < headLeft + clientLeft && !loop.awaitOutput(connection, backend)) return errno;
  } else if (plan.connectedAt == kNever) {
    const int error = pendingError(backend.fd.get());
    if (error != 0) return error;
  }
  if (plan.connectedAt == kNever) {
    plan.connectedAt = loop.now();
    plan.connectBy = kNever;
    loop.rearm(connection);
  }
  const bool allSent = plan.headSent == plan.headBytes && plan.replaySent == connection.unread.size();
  if (connection.client.finReceived && !backend.finSent && allSent && !isForParley) {
    shutdownOutput(backend.fd.get());
    backend.finSent = true;
  }
  return 0;
}

void dialNext(Loop& loop, Connection& connection) {
  Plan& plan = *connection.plan;
  while (plan.attempt < plan.attemptCount) {
    SocketName name;
    if (!readAttempt(loop, plan, name)) {
      note(connection, Failed::NotAnAddress, 0);
      continue;
    }
    int error = startAttempt(connection, name);
    connection.backend.canWrite = true;
    connection.backend.isUnix = name.isUnix();
    connection.backendNeedsNoDelay = !name.isUnix();
    if (error == 0 && plan.headBytes > 0) error = sendHead(loop, connection);
    // Where the head is out already, an event for "writable" would only cost a turn.
    const bool needsOutput = plan.connectedAt == kNever || !connection.backend.canWrite;
    if (error == 0 && !loop.watch(connection, connection.backend, needsOutput)) error = errno;
    if (error == 0) {
      if (needsOutput) connection.backend.canWrite = false;
      return loop.rearm(connection);
    }
    note(connection, failedAt(plan), error);
  }
  {
    Record record =
        loop.report(Report::DialFailed, connection, 0, static_cast<unsigned>(connection.plan->failures.size()));
    record.put(Answering{connection.seq, 0});
    putFailures(record, plan);
  }
  abandonDial(connection);
  connection.deadlineAt = kNever;
  loop.rearm(connection);
}

/** The backend's first byte: the attempt stands, nothing can be replayed any more. */
void stand(Loop& loop, Connection& connection, size_t firstBytes) {
  Plan& plan = *connection.plan;
  const bool isParley = plan.parley != nullptr;
  {
    const auto failures = static_cast<unsigned>(plan.failures.size());
    Record record = isParley ? loop.report(Report::Dialled, connection, plan.attempt, failures)
                             : loop.reportLater(Report::Dialled, connection, plan.attempt, failures);
    record.put(Dialled{connection.seq, isParley ? 1U : 0U, plan.connectedAt - plan.startedAt});
    putFailures(record, plan);
  }
  Side& backend = connection.backend;
  // The backend spoke before it had taken all: a status server may, so what is left of the head still goes.
  backend.pending.append(plan.head + plan.headSent, plan.headBytes - plan.headSent);
  if (isParley) return beginParley(loop, connection, firstBytes);
  connection.unread.drop(plan.replaySent);
  backend.pending.append(connection.unread.data(), connection.unread.size());
  connection.unread.clear();
  if (!backend.pending.empty()) sendWithoutDelay(connection);
  connection.plan.reset();
  connection.phase = Phase::Relaying;
  connection.movedAt = loop.now();
  connection.backendNeedsKeepAlive = loop.shared().keepAlive().isOn();
  loop.rearm(connection);
  pumpFirst(loop, connection, firstBytes);
}

/** Notes why this attempt failed and starts the next one; after the last it reports. */
void attemptFailed(Loop& loop, Connection& connection, Failed how, int number) {
  note(connection, how, number);
  dialNext(loop, connection);
}

}  // namespace

void sendWithoutDelay(Connection& connection) {
  if (!connection.backendNeedsNoDelay) return;
  connection.backendNeedsNoDelay = false;
  setNoDelay(connection.backend.fd.get());
}

void beginDial(Loop& loop, Connection& connection, const Decision& decision) {
  const uint8_t* payload = decision.payload();
  connection.plan = std::make_unique<Plan>();
  Plan& plan = *connection.plan;
  const auto fields = readAs<RelayFields>(payload);
  plan.replayLimit = fields.replayLimitBytes;
  connection.idleMs = fields.idleMs;
  connection.halfClosedIdleMs = fields.halfClosedIdleMs;
  plan.attemptCount = static_cast<uint8_t>(decision.head.count);
  if (decision.head.detail == 1) plan.parley = std::make_unique<Parley>();
  const size_t attemptsBytes = decision.payloadBytes() - sizeof fields;
  plan.attempts.reset(new uint8_t[attemptsBytes]);
  std::memcpy(plan.attempts.get(), payload + sizeof fields, attemptsBytes);
  connection.maxBytes = plan.replayLimit;
  // Until the attempt stands, reading beyond the bound is not an overrun: it just waits.
  connection.overrunTold = true;
  connection.phase = Phase::Dialling;
  // What the client has sent by now goes out with the head.
  readClient(loop, connection);
  if (connection.phase == Phase::Dialling) dialNext(loop, connection);
}

void progressDial(Loop& loop, Connection& connection) {
  readClient(loop, connection);
  if (connection.phase != Phase::Dialling) return;
  Side& backend = connection.backend;
  const bool isConnected = connection.plan->connectedAt != kNever;
  if (backend.canRead && isConnected) {
    const size_t room = readRoom(connection.client);
    const ssize_t count = receive(backend.fd.get(), loop.buffer(), room);
    if (count > 0) {
      if (static_cast<size_t>(count) < room && !backend.isHungUp) backend.canRead = false;
      return stand(loop, connection, static_cast<size_t>(count));
    }
    if (count != -EAGAIN) return attemptFailed(loop, connection, Failed::Connected, static_cast<int>(-count));
    backend.canRead = false;
  }
  if (!backend.canWrite) return;
  const int error = sendHead(loop, connection);
  if (error == 0) {
    // Bytes may have come before the event that told of the connect.
    if (!isConnected && backend.canRead && connection.plan->connectedAt != kNever) progressDial(loop, connection);
    return;
  }
  attemptFailed(loop, connection, failedAt(*connection.plan), error);
}

void connectTimedOut(Loop& loop, Connection& connection) {
  const Plan& plan = *connection.plan;
  const double afterMs = std::min(plan.connectBy - plan.startedAt, double{std::numeric_limits<int32_t>::max()});
  attemptFailed(loop, connection, Failed::ConnectTimeout, static_cast<int>(std::lround(afterMs)));
}

void abandonDial(Connection& connection) {
  connection.backend = Side{};
  connection.plan.reset();
  connection.phase = Phase::Holding;
  connection.overrunTold = true;
}

}  // namespace infrarust
