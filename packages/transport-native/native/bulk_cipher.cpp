#include "bulk_cipher.hpp"

#include <cstring>

#include "loop.hpp"
#include "relay.hpp"

namespace infrarust {

void BulkCipher::take(Loop& loop, Connection& connection, const uint8_t* bytes, size_t count) {
  if (buffer_.empty()) buffer_.resize(kEncipheredTogether * kReadBytes);
  std::memcpy(buffer_.data() + count_ * kReadBytes, bytes, count);
  connection.isInBulkCipher = true;
  waiting_[count_++] = {&connection, count};
  if (count_ == kEncipheredTogether) send(loop);
}

void BulkCipher::send(Loop& loop) {
  if (count_ == 0) return;
  Enciphering pieces[kEncipheredTogether];
  for (size_t each = 0; each < count_; ++each)
    pieces[each] = {waiting_[each].connection->cipher.get(), buffer_.data() + each * kReadBytes, waiting_[each].count};
  encryptTogether(pieces, count_);
  for (size_t each = 0; each < count_; ++each) {
    Connection& connection = *waiting_[each].connection;
    Side& client = connection.client;
    connection.isInBulkCipher = false;
    // Meanwhile it may have gone.
    if (connection.phase != Phase::Relaying || client.isReset || !client.fd.isOpen()) continue;
    if (!loop.write(connection, client, buffer_.data() + each * kReadBytes, waiting_[each].count)) noteBroken(loop, client);
    loop.again(connection);
  }
  count_ = 0;
}

}  // namespace infrarust
