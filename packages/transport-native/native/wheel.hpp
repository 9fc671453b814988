#pragma once

#include <array>
#include <cstdint>
#include <limits>

namespace infrarust {

constexpr double kNever = std::numeric_limits<double>::infinity();

/** What hangs in the wheel: the base of a connection. Owned by nobody here. */
struct Timer {
  Timer* previous = nullptr;
  Timer* next = nullptr;
  double due = kNever;
};

/**
 * Coarse timers: a ring of lists, one for each tick of 8 ms, one turn in 4 s. Arming and disarming are a few pointer
 * moves; what is due after more than a turn is looked at once each turn and left where it is. Never fires early.
 */
class Wheel {
 public:
  static constexpr double kTickMs = 8;
  static constexpr unsigned kTicks = 512;

  explicit Wheel(double now) : tick_(tickAt(now)) {
    for (Timer& head : heads_) head.previous = head.next = &head;
  }

  void arm(Timer& timer, double due) {
    if (timer.next != nullptr && timer.due == due) return;
    disarm(timer);
    timer.due = due;
    if (due == kNever) return;
    // +1: the tick whose beginning is not before `due`.
    int64_t tick = due > kFarthest ? tick_ + kTicks - 1 : tickAt(due) + 1;
    if (tick <= tick_) tick = tick_ + 1;
    const unsigned slot = static_cast<unsigned>(tick) % kTicks;
    link(heads_[slot], timer);
    occupied_[slot / 64] |= uint64_t{1} << (slot % 64);
  }

  void disarm(Timer& timer) {
    timer.due = kNever;
    if (timer.next != nullptr) unlink(timer);
  }

  /** When to look again at the earliest; it may turn out that nothing is due then. */
  double nextLook() const {
    for (unsigned ahead = 1; ahead <= kTicks;) {
      const unsigned slot = static_cast<unsigned>(tick_ + ahead) % kTicks;
      const uint64_t rest = occupied_[slot / 64] >> (slot % 64);
      if (rest != 0) return static_cast<double>(tick_ + ahead + __builtin_ctzll(rest)) * kTickMs;
      ahead += 64 - slot % 64;
    }
    return kNever;
  }

  /** Calls `fire(timer)` for each that is due, disarmed by then; `fire` may arm and disarm any. */
  template <typename Fire>
  void advance(double now, Fire fire) {
    const int64_t until = tickAt(now);
    if (until - tick_ > kTicks) tick_ = until - kTicks;
    while (tick_ < until) {
      ++tick_;
      const unsigned slot = static_cast<unsigned>(tick_) % kTicks;
      const uint64_t bit = uint64_t{1} << (slot % 64);
      if ((occupied_[slot / 64] & bit) == 0) continue;
      Timer due;
      due.previous = due.next = &due;
      for (Timer *timer = heads_[slot].next, *next; timer != &heads_[slot]; timer = next) {
        next = timer->next;
        if (timer->due > now) continue;
        unlink(*timer);
        link(due, *timer);
      }
      if (heads_[slot].next == &heads_[slot]) occupied_[slot / 64] &= ~bit;
      while (due.next != &due) {
        Timer& timer = *due.next;
        disarm(timer);
        fire(timer);
      }
    }
  }

 private:
  static constexpr double kFarthest = 1e15;

  static int64_t tickAt(double ms) { return static_cast<int64_t>(ms / kTickMs); }

  static void link(Timer& head, Timer& timer) {
    timer.previous = head.previous;
    timer.next = &head;
    head.previous->next = &timer;
    head.previous = &timer;
  }

  static void unlink(Timer& timer) {
    timer.previous->next = timer.next;
    timer.next->previous = timer.previous;
    timer.previous = timer.next = nullptr;
  }

  int64_t tick_;
  std::array<Timer, kTicks> heads_;
  /** A set bit may stand for a list that has become empty since: the next look clears it. */
  std::array<uint64_t, kTicks / 64> occupied_{};
};

}  // namespace infrarust
