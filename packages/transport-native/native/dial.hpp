#pragma once

#include "loop.hpp"

/** From a `relay` decision to the backend's first byte, or to the last failure. */
namespace infrarust {

void beginDial(Loop& loop, Connection& connection, const Decision& decision);
void progressDial(Loop& loop, Connection& connection);
/** Notes why this attempt failed and starts the next one; after the last it reports. */
void attemptFailed(Loop& loop, Connection& connection, Cause cause, int error);
/** Drops the attempt; the connection waits for its next decision. */
void abandonDial(Connection& connection);

}  // namespace infrarust
