#pragma once

#include <vector>

#include "cipher.hpp"
#include "connection.hpp"

namespace infrarust {

class Loop;

/**
 * Bulk on its way to clients whose streams are ciphered. A read of some relays waits here for those of others that the same
 * turn of the thread finds ready, and they are enciphered side by side. Packets do not come here: they leave at once.
 */
class BulkCipher {
 public:
  /** A read from which on company is worth the copy. */
  static constexpr size_t kBulkBytes = 4096;

  /** Takes a read over; `connection.isInBulkCipher` until it is sent. */
  void take(Loop& loop, Connection& connection, const uint8_t* bytes, size_t count);
  /** Enciphers and sends all that is here, and comes back to each of those relays. Before anything else is done with one. */
  void send(Loop& loop);

 private:
  struct Waiting {
    Connection* connection;
    size_t count;
  };

  /** A read for each, side by side; none before the first. */
  std::vector<uint8_t> buffer_;
  Waiting waiting_[kEncipheredTogether];
  size_t count_ = 0;
};

}  // namespace infrarust
