#pragma once

#include "loop.hpp"

/** From a `relay` decision to the backend's first byte, or to the last failure. */
namespace infrarust {

void beginDial(Loop& loop, Connection& connection, const Decision& decision);
void progressDial(Loop& loop, Connection& connection);
/** Nothing answered the connect of this attempt: the next one begins. */
void connectTimedOut(Loop& loop, Connection& connection);
/** The first segment goes out at once on its own; from the second on Nagle's algorithm would wait for its ACK. */
void sendWithoutDelay(Connection& connection);
/** Drops the attempt, also one that stands in a parley; the connection waits for its next decision. */
void abandonDial(Connection& connection);

}  // namespace infrarust
