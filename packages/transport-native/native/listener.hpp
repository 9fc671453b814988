#pragma once

#include "loop.hpp"

/** Accepting, and what the client sends before a relay. */
namespace infrarust {

/** How long a connection without a byte stays unannounced: its first bytes usually come within that, in one report. */
constexpr double kAnnounceMs = 8;
/** How much is read before the first decision says how much. */
constexpr size_t kFirstReadBytes = 2048;
/** How long accepting pauses when descriptors have run out. */
constexpr double kAcceptPauseMs = 50;

/**
 * How many accepted connections may wait for JavaScript to hear of them; above it newcomers wait in the kernel. They are
 * some 15 ms of its work: enough that it never runs dry, and few enough that nobody waits long behind them.
 */
constexpr int kMostUntold = 128;
/** How soon it is looked at again whether JavaScript has caught up. */
constexpr double kCatchUpMs = 2;

void acceptSome(Loop& loop, Listener& listener, unsigned limit);
/** Reads what the decision in force allows and reports bytes, end and overrun. */
void readClient(Loop& loop, Connection& connection);
/** Tells JavaScript of a fresh connection and of its bytes so far. */
void announce(Loop& loop, Connection& connection);
/** Client is gone: reports that and the end. */
void clientReset(Loop& loop, Connection& connection);

}  // namespace infrarust
