#pragma once

#include "loop.hpp"

/**
 * A direction that pours: so much comes that its bytes go from socket to socket by way of a pipe and are copied nowhere.
 * Setting that up costs more than a packet, so a direction pours only after two large reads in a row, and only for as
 * long as there is something to read. What is in the pipe waits for its side as `pending` does, and never beside it.
 */
namespace infrarust {

/** Counts a read for this side, and borrows a pipe for the next ones where it was the second large one in a row. */
void noteRead(Loop& loop, Side& to, size_t bytes);
/**
 * Takes up to `most` bytes of one side into the empty pipe of the other. Bytes, or the negated errno of a connection that
 * is gone. `-EAGAIN`: the pouring is over, and `receive` has the last word. It gets past urgent data, before which splicing
 * says EAGAIN or, after a FIN, that the stream is over.
 */
ssize_t pour(Loop& loop, const Side& from, Side& to, size_t most);
/** Lets out what the side takes. False when the peer is gone. */
bool pourOut(Loop& loop, Connection& connection, Side& to);
/** Gives the pipe back: to the others if it is empty, else to the kernel with what is in it. */
void stopPouring(Loop& loop, Side& to);

}  // namespace infrarust
