// When the backend has all that comes before a player's answer: a PROXY header, a handshake, a login start.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

constexpr size_t NOT_YET = std::string::npos;

/** Where the PROXY header ends; 0 where there is none, for a peer that writes none. */
inline size_t headerEnd(const std::string &bytes) {
  constexpr size_t FIXED_BYTES = 16, LENGTH_AT = 14;
  if (bytes.empty()) return NOT_YET;
  if (bytes[0] == '\r') {
    if (bytes.size() < FIXED_BYTES) return NOT_YET;
    return FIXED_BYTES + (size_t(uint8_t(bytes[LENGTH_AT])) << 8 | uint8_t(bytes[LENGTH_AT + 1]));
  }
  if (bytes[0] == 'P') {
    const size_t lineEnd = bytes.find("\r\n");
    return lineEnd == std::string::npos ? NOT_YET : lineEnd + 2;
  }
  return 0;
}

/** Where the frame that begins at `at` ends: a VarInt of its length, and as many bytes. */
inline size_t frameEnd(const std::string &bytes, size_t at) {
  size_t length = 0;
  for (unsigned shift = 0; at < bytes.size(); shift += 7) {
    const uint8_t byte = uint8_t(bytes[at++]);
    length |= size_t(byte & 0x7f) << shift;
    if (!(byte & 0x80)) return at + length;
  }
  return NOT_YET;
}

inline bool isWhole(const std::string &bytes) {
  size_t end = headerEnd(bytes);
  for (int frame = 0; frame < 2 && end != NOT_YET; frame++) end = frameEnd(bytes, end);
  return end != NOT_YET && end <= bytes.size();
}
