#pragma once

#include "loop.hpp"

/** From a `relay` decision to the backend's first byte, or to the last failure. */
namespace infrarust {

void beginDial(Loop& loop, Connection& connection, const Decision& decision);
void progressDial(Loop& loop, Connection& connection);
/** Nothing answered the connect of this attempt: the next one begins. */
void connectTimedOut(Loop& loop, Connection& connection);
/** Drops the attempt; the connection waits for its next decision. */
void abandonDial(Connection& connection);

}  // namespace infrarust
