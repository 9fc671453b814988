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
  // Of one that has ended meanwhile the bytes go nowhere, and its cipher is gone.
  size_t left = 0;
  Enciphering pieces[kEncipheredTogether];
  Waiting sendable[kEncipheredTogether];
  uint8_t* places[kEncipheredTogether];
  for (size_t each = 0; each < count_; ++each) {
    Connection& connection = *waiting_[each].connection;
    connection.isInBulkCipher = false;
    if (connection.phase != Phase::Relaying || connection.client.isReset || !connection.client.fd.isOpen()) continue;
    places[left] = buffer_.data() + each * kReadBytes;
    pieces[left] = {connection.cipher.get(), places[left], waiting_[each].count};
    sendable[left++] = waiting_[each];
  }
  count_ = 0;
  encryptTogether(pieces, left);
  for (size_t each = 0; each < left; ++each) {
    Connection& connection = *sendable[each].connection;
    if (!loop.write(connection, connection.client, places[each], sendable[each].count)) noteBroken(loop, connection.client);
    loop.again(connection);
  }
}

}  // namespace infrarust
