#pragma once

#include "loop.hpp"

/** The part of a relay in which the logic has the bytes of both sides: from the backend's first byte to the pump. */
namespace infrarust {

/** The attempt stands; its first bytes are in the buffer of the thread. Nothing moves before the first decision. */
void beginParley(Loop& loop, Connection& connection, size_t firstBytes);
/** Carries out a `parley`; what it consumed of the client is dropped, and its cipher begun. */
void parley(Loop& loop, Connection& connection, const Decision& decision);
/** Sends what waits, reads as far as both maxima allow, and reports bytes and ends. */
void progressParley(Loop& loop, Connection& connection);

}  // namespace infrarust
