#include "loop.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>
#include <ctime>

#include "answer.hpp"
#include "dial.hpp"
#include "listener.hpp"
#include "parley.hpp"
#include "pour.hpp"
#include "relay.hpp"

namespace infrarust {

namespace {

constexpr int kEventsAtOnce = 256;

/**
 * Waking JavaScript costs a turn of its event loop and caches that are cold by then. Once so many reports came together,
 * the next ones wait this long for company: newcomers in a crowd are told about by the dozen, a single one at once. With
 * a longer wait, fifty clients at once were all among those that wait, and the thread had nothing to do but to sleep.
 */
constexpr unsigned kCrowd = 3;
constexpr double kCompanyMs = 1.5;

/** What an epoll event belongs to: the low bits of its tag, the rest is a pointer or a listener's index. */
enum Tag : uint64_t { kClient = 0, kBackend = 1, kListener = 2, kBell = 3, kTagMask = 3 };

constexpr uint32_t kInput = EPOLLIN | EPOLLRDHUP | EPOLLET;

}  // namespace

double monotonicMs() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

Loop::Loop(unsigned index, Shared& shared, Wake wake, void* host)
    : index_(index), shared_(shared), wake_(wake), host_(host), now_(monotonicMs()), table_(index), wheel_(now_),
      buffer_(kBufferBytes) {}

int Loop::start() {
  epoll_ = Descriptor(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll_.isOpen()) return -errno;
  if (const int failed = mailbox_.open(); failed != 0) return failed;
  epoll_event event{EPOLLIN | EPOLLET, {}};
  event.data.u64 = kBell;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, mailbox_.bell(), &event) != 0) return -errno;

  // Signals belong to Node's main thread; a new thread inherits the mask of the one that makes it.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int error = pthread_create(&thread_, nullptr, &Loop::main, this);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  isStarted_ = error == 0;
  return -error;
}

void Loop::stop() {
  if (!isStarted_) return;
  isStopping_.store(true);
  mailbox_.ring();
  pthread_join(thread_, nullptr);
  isStarted_ = false;
}

void* Loop::main(void* self) {
  pthread_setname_np(pthread_self(), "relay");
  static_cast<Loop*>(self)->run();
  return nullptr;
}

void Loop::run() {
  epoll_event events[kEventsAtOnce];
  while (!isStopping_.load(std::memory_order_relaxed)) {
    int timeoutMs = waitMs();
    if (timeoutMs != 0 && !mailbox_.fallAsleep()) timeoutMs = 0;
    const int count = epoll_wait(epoll_.get(), events, kEventsAtOnce, timeoutMs);
    mailbox_.wakeUp();
    now_ = monotonicMs();

    std::vector<Connection*> again;
    again.swap(ready_);
    // One accept for each two other events: no accept that comes back empty, no starving under load.
    for (int at = 0; at < count; ++at)
      dispatch(events[at].data.u64, events[at].events, 1 + static_cast<unsigned>(count) / 2);
    for (Connection* connection : again) {
      if (!connection->isOnReadyList) continue;
      connection->isOnReadyList = false;
      progress(*connection);
    }
    // Before anything but bytes reaches a connection.
    bulkCipher_.send(*this);
    if (mailbox_.hasOrders()) obeyMail();
    wheel_.advance(now_, [this](Timer& timer) { onTime(static_cast<Connection&>(timer)); });
    resumeListeners();
    post();
    for (Connection* connection : closed_) table_.release(*connection);
    closed_.clear();
  }
}

int Loop::waitMs() {
  if (!ready_.empty()) return 0;
  double until = std::min(wheel_.nextLook(), postBy_);
  for (const Listener& listener : listeners_)
    if (listener.pausedUntil > 0) until = std::min(until, listener.pausedUntil);
  if (until == kNever) return -1;
  return until <= now_ ? 0 : static_cast<int>(std::ceil(std::min(until - now_, 1e6)));
}

void Loop::dispatch(uint64_t tag, uint32_t events, unsigned acceptLimit) {
  if ((tag & kTagMask) == kBell) return;
  if ((tag & kTagMask) == kListener) {
    for (Listener& listener : listeners_)
      if (listener.index == tag >> 2) acceptSome(*this, listener, acceptLimit);
    return;
  }
  auto& connection = *reinterpret_cast<Connection*>(tag & ~uint64_t{kTagMask});
  Side& side = (tag & kTagMask) == kBackend ? connection.backend : connection.client;
  // An event of this batch for a socket that an earlier event of it closed.
  if (!side.fd.isOpen()) return;
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) side.canRead = true;
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) side.isHungUp = true;
  if ((events & EPOLLERR) != 0 || ((events & EPOLLHUP) != 0 && !side.isUnix)) side.isBroken = true;
  if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) side.canWrite = true;
  progress(connection);
}

/** Goes on with whatever the connection is about, after an edge, a decision, or a pause. */
void Loop::progress(Connection& connection) {
  switch (connection.phase) {
    case Phase::Relaying:
      return pump(*this, connection);
    case Phase::Fresh:
    case Phase::Undecided:
    case Phase::Reading:
    case Phase::Holding:
      return readClient(*this, connection);
    case Phase::Dialling:
      return progressDial(*this, connection);
    case Phase::Parleying:
      return progressParley(*this, connection);
    case Phase::Ending:
      return progressEnd(*this, connection);
    case Phase::Closed:
      return;
  }
}

void Loop::again(Connection& connection) {
  if (connection.isOnReadyList) return;
  connection.isOnReadyList = true;
  ready_.push_back(&connection);
}

bool Loop::watch(Connection& connection, Side& side, bool output) {
  epoll_event event{kInput | (output ? EPOLLOUT : 0U), {}};
  event.data.u64 = reinterpret_cast<uint64_t>(&connection) | (&side == &connection.backend ? kBackend : kClient);
  const int operation = side.isWatched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (epoll_ctl(epoll_.get(), operation, side.fd.get(), &event) != 0) return false;
  side.isWatched = true;
  side.watchesOutput = output;
  return true;
}

/** Output is watched from the first time that a peer does not keep up: most never pay for its events. */
bool Loop::awaitOutput(Connection& connection, Side& side) {
  side.canWrite = false;
  return !side.isWatched || side.watchesOutput || watch(connection, side, true);
}

bool Loop::write(Connection& connection, Side& side, const uint8_t* bytes, size_t count) {
  size_t sent = 0;
  if (side.pending.empty() && side.canWrite) {
    const ssize_t result = transmit(side.fd.get(), bytes, count);
    if (result < 0 && result != -EAGAIN) return false;
    sent = result < 0 ? 0 : static_cast<size_t>(result);
  }
  noteSent(connection, side, sent);
  if (sent == count) return true;
  side.pending.append(bytes + sent, count - sent);
  return awaitOutput(connection, side);
}

bool Loop::writeToClient(Connection& connection, const uint8_t* bytes, size_t count) {
  if (connection.cipher == nullptr) return write(connection, connection.client, bytes, count);
  for (size_t at = 0; at < count;) {
    const size_t piece = std::min(count - at, kBufferBytes);
    std::memcpy(buffer(), bytes + at, piece);
    connection.cipher->encrypt(buffer(), piece);
    if (!write(connection, connection.client, buffer(), piece)) return false;
    at += piece;
  }
  return true;
}

bool Loop::flush(Connection& connection, Side& side) {
  if (!side.canWrite) return true;
  if (side.pending.empty()) return pourOut(*this, connection, side);
  const ssize_t result = transmit(side.fd.get(), side.pending.data(), side.pending.size());
  if (result < 0 && result != -EAGAIN) return false;
  const size_t sent = result < 0 ? 0 : static_cast<size_t>(result);
  noteSent(connection, side, sent);
  const bool isAll = sent == side.pending.size();
  side.pending.drop(sent);
  return isAll || awaitOutput(connection, side);
}

void Loop::noteSent(Connection& connection, const Side& side, size_t bytes) {
  if (bytes > 0) connection.movedAt = now_;
  if (&side == &connection.client) Counters::add(connection.counters->bytesOut, bytes);
}

void Loop::noteUnreadAnswer(const Connection& connection) {
  unreadAnswers_.push_back(connection.id);
  while (unreadAnswers_.front() != connection.id) {
    Connection* longest = table_.find(unreadAnswers_.front());
    const bool hasDue = longest != nullptr && longest->phase != Phase::Relaying && longest->phase != Phase::Parleying;
    const bool waits = hasDue && !longest->client.pending.empty();
    if (waits && pendingBytes.load(std::memory_order_relaxed) <= kMostPendingBytes) return;
    unreadAnswers_.pop_front();
    if (waits) destroy(*longest, {By::Gateway, How::Closed});
  }
}

void Loop::finish(Connection& connection, End end) {
  connection.endedBy(end);
  const Counters& counters = *connection.counters;
  {
    Record record = reportLater(Report::Finished, connection, static_cast<unsigned>(connection.end.by),
                                static_cast<unsigned>(connection.end.how));
    record.put(Finished{static_cast<double>(counters.bytesIn.load(std::memory_order_relaxed)),
                        static_cast<double>(counters.bytesOut.load(std::memory_order_relaxed))});
  }
  connection.client.fd.close();
  connection.backend.fd.close();
  for (Side* side : {&connection.client, &connection.backend}) {
    side->pending.clear();
    stopPouring(*this, *side);
  }
  connection.phase = Phase::Closed;
  wheel_.disarm(connection);
  closed_.push_back(&connection);
}

void Loop::destroy(Connection& connection, End end) {
  connection.client.fd.reset();
  connection.backend.fd.reset();
  finish(connection, end);
}

Record Loop::report(Report kind, const Connection& connection, unsigned detail, unsigned count) {
  wantWake();
  return Record(reports_, kind, connection.id, now_, detail, count);
}

Record Loop::reportLater(Report kind, const Connection& connection, unsigned detail, unsigned count) {
  postBy_ = std::min(postBy_, now_ + Wheel::kTickMs);
  return Record(reports_, kind, connection.id, now_, detail, count);
}

void Loop::wantWake() {
  ++wakers_;
  postBy_ = std::min(postBy_, crowdedUntil_);
}

void Loop::post() {
  if (now_ < postBy_) return;
  crowdedUntil_ = wakers_ >= kCrowd ? now_ + kCompanyMs : 0;
  wakers_ = 0;
  postBy_ = kNever;
  if (mailbox_.post(reports_)) wake_(host_, *this);
}

void Loop::obeyMail() {
  mailbox_.openOrders(opened_);
  for (size_t at = 0; at < opened_.size();) {
    const Decision order(opened_.data() + at);
    obey(order);
    at += order.head.length;
  }
  emptyBatch(opened_);
}

void Loop::obey(const Decision& order) {
  switch (order.kind()) {
    case Order::Listen:
      return listen(order);
    case Order::Unlisten:
      return unlisten(order.body<OfListener>().listener);
    case Order::DestroyAll:
      return table_.each([this](Connection& connection) {
        if (connection.phase == Phase::Fresh) announce(*this, connection);
        if (connection.phase != Phase::Closed) destroy(connection, {By::Gateway, How::Closed});
      });
    default:
      break;
  }
  Connection* connection = table_.find(order.id());
  if (connection == nullptr || connection->phase == Phase::Closed) return;
  const uint32_t seq = order.fields().seq;
  if (seq <= connection->seq) return;
  connection->seq = seq;
  decide(*connection, order);
}

namespace {

/** What is left unread came as ciphertext. */
void startCipher(Connection& connection, const Decision& decision) {
  connection.cipher = std::make_unique<Cipher>(decision.cipherKey());
  if (!connection.unread.empty()) connection.cipher->decrypt(connection.unread.data(), connection.unread.size());
}

}  // namespace

void Loop::decide(Connection& connection, const Decision& decision) {
  const bool isReset = decision.kind() == Order::Close && decision.head.detail == 1;
  if (isReset) return destroy(connection, {By::Gateway, How::Closed});
  // What has begun to end only ends.
  if (connection.phase == Phase::Ending) return;
  // Anything but a close has crossed the backend's first byte. A text belongs before the relay, in it it would corrupt
  // the stream; and nobody was at fault. So it ends.
  if (connection.phase == Phase::Relaying) return endInOrder(*this, connection);
  // A parley that another decision has crossed has moved nothing yet.
  const bool isParley = decision.kind() == Order::Parley;
  if (connection.phase == Phase::Dialling || (connection.phase == Phase::Parleying && !isParley)) abandonDial(connection);
  const DecisionFields fields = decision.fields();
  if (fields.consumed > 0) connection.unread.drop(fields.consumed);
  connection.shown = fields.shown;
  connection.endTold = fields.isEndTold == 1;
  connection.deadlineAt = fields.deadlineAt;
  connection.maxBytes = fields.maxBytes;
  connection.overrunTold = false;
  if (fields.cipherBytes > 0) startCipher(connection, decision);
  switch (decision.kind()) {
    case Order::Await:
      connection.phase = Phase::Reading;
      readClient(*this, connection);
      break;
    case Order::Hold:
      connection.phase = Phase::Holding;
      readClient(*this, connection);
      break;
    case Order::Respond:
      respond(*this, connection, decision);
      break;
    case Order::Relay:
      beginDial(*this, connection, decision);
      break;
    case Order::Parley:
      if (connection.phase == Phase::Parleying) parley(*this, connection, decision);
      else endInOrder(*this, connection);
      break;
    case Order::Close:
      endInOrder(*this, connection);
      break;
    default:
      break;
  }
  if (connection.phase != Phase::Closed) rearm(connection);
}

void Loop::listen(const Decision& order) {
  const auto fields = order.body<ListenFields>();
  listeners_.push_back({fields.listener, fields.fd, fields.isWildcard == 1});
  resume(listeners_.back());
}

void Loop::unlisten(uint32_t index) {
  for (auto listener = listeners_.begin(); listener != listeners_.end(); ++listener) {
    if (listener->index != index) continue;
    if (listener->pausedUntil == 0) pause(*listener, 0);
    listeners_.erase(listener);
    break;
  }
  // Whoever it has accepted is told of before: a connection of a listener that is gone has no name to be judged by.
  table_.each([this, index](Connection& connection) {
    if (connection.phase != Phase::Fresh || connection.listener != index) return;
    announce(*this, connection);
    rearm(connection);
  });
  wantWake();
  Record(reports_, Report::Unlistened, 0, now_).put(OfListener{index});
}

/** Takes the socket on, or on again. Exclusive: a new connection wakes one of the threads and not all. */
void Loop::resume(Listener& listener) {
  epoll_event event{EPOLLIN | EPOLLEXCLUSIVE, {}};
  event.data.u64 = uint64_t{listener.index} << 2 | kListener;
  const bool isWatched = epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener.fd, &event) == 0;
  listener.pausedUntil = isWatched ? 0 : now_ + kAcceptPauseMs;
}

void Loop::pause(Listener& listener, double untilMs) {
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener.fd, nullptr);
  listener.pausedUntil = untilMs;
}

void Loop::resumeListeners() {
  for (Listener& listener : listeners_)
    if (listener.pausedUntil > 0 && listener.pausedUntil <= now_) resume(listener);
}

void Loop::reportPaused(const Listener& listener, int error) {
  wantWake();
  Record(reports_, Report::AcceptPaused, 0, now_).put(AcceptPaused{listener.index, error});
}

}  // namespace infrarust
