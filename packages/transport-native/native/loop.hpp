#pragma once

#include <pthread.h>

#include <atomic>
#include <deque>
#include <vector>

#include "bulk_cipher.hpp"
#include "connection.hpp"
#include "mailbox.hpp"
#include "message.hpp"
#include "pipes.hpp"
#include "table.hpp"
#include "wheel.hpp"

namespace infrarust {

/** Monotonic milliseconds, the clock of every `at` and deadline. */
double monotonicMs();

/** What the threads of one transport share. */
struct Shared {
  /** Written by the JavaScript thread, read by the others; a mixture of two settings for one socket does no harm. */
  std::atomic<int> keepAliveIdleSeconds{0};
  std::atomic<int> keepAliveIntervalSeconds{0};
  std::atomic<int> keepAliveProbes{0};
  KeepAlive keepAlive() const { return {keepAliveIdleSeconds, keepAliveIntervalSeconds, keepAliveProbes}; }
  /** When the last notice about a paused accept was written, so that there is one and not one a thread and a pause. */
  std::atomic<double> noticedAt{-kNever};
  /** Connections of all threads that were accepted and that JavaScript has not been told of yet. */
  std::atomic<int> untold{0};
};

/** A listening socket as one thread sees it; the transport owns the descriptor. */
struct Listener {
  uint32_t index;
  int fd;
  /** Its accepted sockets have their own local address each. */
  bool isWildcard;
  double pausedUntil = 0;
};

/**
 * One relay thread: its epoll instance, its connections, its clock. `start`, `stop`, `mailbox` and `counters` are for
 * the JavaScript thread; everything else runs on the thread itself.
 */
class Loop {
 public:
  using Wake = void (*)(void* host, Loop& loop);

  Loop(unsigned index, Shared& shared, Wake wake, void* host);
  ~Loop() { stop(); }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /** 0, or a negated errno. */
  int start();
  /** Ends and joins the thread. What it owns is closed by the destructor. */
  void stop();
  /** Orders for the thread, reports from it. */
  Mailbox& mailbox() { return mailbox_; }
  const Counters* counters(uint64_t id) const { return table_.peek(id); }

  double now() const { return now_; }
  Shared& shared() { return shared_; }
  /** The receive buffer of the thread: good until the next receive. */
  uint8_t* buffer() { return buffer_.data(); }
  static constexpr size_t kBufferBytes = 256 * 1024;

  PipePool& pipes() { return pipes_; }
  BulkCipher& bulkCipher() { return bulkCipher_; }

  Connection* takeConnection() { return table_.take(); }
  /** Stops watching a listening socket until then. */
  void pause(Listener& listener, double untilMs);
  bool watch(Connection& connection, Side& side, bool output);
  /** The kernel takes no more: go on when it does. */
  bool awaitOutput(Connection& connection, Side& side);
  /** Sends now what the kernel takes and keeps the rest in `side.pending`. False when the peer is gone. */
  bool write(Connection& connection, Side& side, const uint8_t* bytes, size_t count);
  /** The same for the client, whose stream may be ciphered. */
  bool writeToClient(Connection& connection, const uint8_t* bytes, size_t count);
  /** Sends what waits for it, in memory or in a pipe; false when the peer is gone. */
  bool flush(Connection& connection, Side& side);
  /** Counts bytes that the kernel has taken for this side. */
  void noteSent(Connection& connection, const Side& side, size_t bytes);
  /** Comes back to this connection in the next iteration, for its budget in this one is used up. */
  void again(Connection& connection);
  /** Puts the connection's timer where its phase needs it. */
  void rearm(Connection& connection);
  /** An answer waits for its client. Where too much waits in all, those who have left theirs for longest are reset. */
  void noteUnreadAnswer(const Connection& connection);
  /** Closes what is open and reports, with this end where none came before; freed when the iteration ends. */
  void finish(Connection& connection, End end);
  /** The same with a reset to both sides. */
  void destroy(Connection& connection, End end);

  /** A report that JavaScript is woken for; in a crowd a little later. */
  Record report(Report kind, const Connection& connection, unsigned detail = 0, unsigned count = 0);
  /** A report that may wait a tick for company. */
  Record reportLater(Report kind, const Connection& connection, unsigned detail = 0, unsigned count = 0);
  void reportPaused(const Listener& listener, int error);

 private:
  static void* main(void* self);
  void run();
  int waitMs();
  void dispatch(uint64_t tag, uint32_t events, unsigned acceptLimit);
  void progress(Connection& connection);
  void onTime(Connection& connection);
  void obeyMail();
  void obey(const Decision& order);
  void decide(Connection& connection, const Decision& decision);
  void listen(const Decision& order);
  void unlisten(uint32_t index);
  void resume(Listener& listener);
  void resumeListeners();
  /** What stands in `reports_` now wants JavaScript woken. */
  void wantWake();
  void post();

  const unsigned index_;
  Shared& shared_;
  const Wake wake_;
  void* const host_;
  Descriptor epoll_;
  pthread_t thread_{};
  bool isStarted_ = false;
  std::atomic<bool> isStopping_{false};

  double now_;
  Table table_;
  Wheel wheel_;
  std::vector<uint8_t> buffer_;
  PipePool pipes_;
  BulkCipher bulkCipher_;
  std::vector<Listener> listeners_;
  std::vector<Connection*> ready_;
  std::vector<Connection*> closed_;
  std::vector<uint8_t> opened_;
  /** Connections that have left an answer unread, the longest first; some have taken it since, or are gone. */
  std::deque<uint64_t> unreadAnswers_;

  std::vector<uint8_t> reports_;
  /** When JavaScript is to be woken for `reports_`. */
  double postBy_ = kNever;
  /** How many of them want it woken, and until when they wait for more. */
  unsigned wakers_ = 0;
  double crowdedUntil_ = 0;

  Mailbox mailbox_;
};

}  // namespace infrarust
