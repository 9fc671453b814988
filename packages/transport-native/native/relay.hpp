#pragma once

#include "loop.hpp"

/** The two-way pump. */
namespace infrarust {

/** How much to read at once for this side: what it does not take is kept for it. */
size_t readRoom(const Side& to);
/** A failed send: that side is gone, but what it sent before may still be there to be read. */
void noteBroken(Loop& loop, Side& side);
/** Moves what both sides have, notices their ends, and finishes when both are over. */
void pump(Loop& loop, Connection& connection);
/** The same with the backend's first bytes, which are in the buffer of the thread. */
void pumpFirst(Loop& loop, Connection& connection, size_t bytes);
/** When the relay ends for having moved nothing; never where that is not limited. */
double relayIdleAt(const Connection& connection);

}  // namespace infrarust
