#pragma once

#include <cstddef>
#include <cstdint>

#include "boundary.hpp"

namespace infrarust {

/** Where the block cipher is computed. */
enum class CipherForm : uint8_t {
  /** With lookups in a table, whose addresses depend on the key, as OpenSSL does where it has nothing better. */
  Plain,
  /** With the AES instructions of x86: in constant time, and several blocks at once. */
  AesNi,
};

/** The best that this processor has. */
CipherForm bestCipherForm();

/**
 * AES-128-CFB8 both ways, each a stream of its own: the state of a direction is the last 16 bytes of its ciphertext. Wiped
 * when it goes.
 */
class Cipher {
 public:
  static constexpr size_t kBlockBytes = 16;
  static constexpr size_t kRoundKeys = 11;

  /** @param key kCipherKeyBytes, key and initialisation vector */
  explicit Cipher(const uint8_t* key, CipherForm form = bestCipherForm());
  ~Cipher();
  Cipher(const Cipher&) = delete;
  Cipher& operator=(const Cipher&) = delete;

  /** In place, what goes to the client. */
  void encrypt(uint8_t* bytes, size_t count);
  /** In place, what came from it. */
  void decrypt(uint8_t* bytes, size_t count);
  void pass(bool isFromClient, uint8_t* bytes, size_t count) {
    if (isFromClient) decrypt(bytes, count);
    else encrypt(bytes, count);
  }

 private:
  friend void encryptTogether(struct Enciphering*, size_t);

  uint8_t roundKeys_[kRoundKeys * kBlockBytes];
  uint8_t outbound_[kBlockBytes];
  uint8_t inbound_[kBlockBytes];
  CipherForm form_;
};

static_assert(Cipher::kBlockBytes == kCipherKeyBytes);

/** A piece of a stream to a client. */
struct Enciphering {
  Cipher* cipher;
  uint8_t* bytes;
  size_t count;
};

/** As many streams fill each other's waits; more would find no registers. */
constexpr size_t kEncipheredTogether = 4;

/**
 * Enciphers pieces of different streams in place, side by side. Each byte of a stream has to wait for the one before it, and
 * meanwhile the processor has time for the others: four cost little more than one.
 *
 * @param pieces kEncipheredTogether at most; their order and what is in them is gone afterwards
 */
void encryptTogether(Enciphering* pieces, size_t count);

}  // namespace infrarust
