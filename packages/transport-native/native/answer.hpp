#pragma once

#include "loop.hpp"

/** Answering, and ending in order. */
namespace infrarust {

void respond(Loop& loop, Connection& connection, const Decision& decision);
/** `close` with `end`. */
void endInOrder(Loop& loop, Connection& connection);
/** The same where somebody else's end came first and is noted; a side that is gone is closed by then. */
void endRelay(Loop& loop, Connection& connection);
void progressEnd(Loop& loop, Connection& connection);
double endingDueAt(const Connection& connection);
void endingTimeIsUp(Loop& loop, Connection& connection);

}  // namespace infrarust
