#include "cipher.hpp"

#include <string.h>

#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#define INFRARUST_AES_NI 1
#include <immintrin.h>
#endif

namespace infrarust {

namespace {

constexpr size_t kBlock = Cipher::kBlockBytes;
constexpr size_t kRounds = Cipher::kRoundKeys - 1;

// --- The plain form -------------------------------------------------------------------------------------------------

constexpr uint8_t twice(uint8_t value) { return static_cast<uint8_t>((value << 1) ^ ((value >> 7) * 0x1b)); }
constexpr uint8_t rotated(uint8_t value, int by) { return static_cast<uint8_t>((value << by) | (value >> (8 - by))); }
constexpr uint32_t rotated(uint32_t value, int by) { return (value << by) | (value >> (32 - by)); }

/** What AES is made of (FIPS 197), computed when this is compiled. */
struct Tables {
  uint8_t substituted[256] = {};
  /** SubBytes and MixColumns of a byte in the first row; of the other rows it is this, rotated. */
  uint32_t mixed[256] = {};

  constexpr Tables() {
    // Every byte but 0 and its inverse, by way of the powers of 3 and of its inverse.
    uint8_t power = 1;
    uint8_t inverse = 1;
    do {
      power = static_cast<uint8_t>(power ^ twice(power));
      inverse = static_cast<uint8_t>(inverse ^ (inverse << 1));
      inverse = static_cast<uint8_t>(inverse ^ (inverse << 2));
      inverse = static_cast<uint8_t>(inverse ^ (inverse << 4));
      if ((inverse & 0x80) != 0) inverse ^= 0x09;
      substituted[power] = static_cast<uint8_t>(inverse ^ rotated(inverse, 1) ^ rotated(inverse, 2) ^
                                                rotated(inverse, 3) ^ rotated(inverse, 4) ^ 0x63);
    } while (power != 1);
    substituted[0] = 0x63;
    for (int value = 0; value < 256; ++value) {
      const uint8_t once = substituted[value];
      const uint8_t doubled = twice(once);
      mixed[value] = doubled | uint32_t{once} << 8 | uint32_t{once} << 16 | uint32_t(doubled ^ once) << 24;
    }
  }
};

constexpr Tables kTables;

void expandKey(const uint8_t* key, uint8_t* roundKeys) {
  std::memcpy(roundKeys, key, kBlock);
  uint8_t constant = 1;
  for (size_t at = kBlock; at < Cipher::kRoundKeys * kBlock; at += 4) {
    uint8_t word[4];
    std::memcpy(word, roundKeys + at - 4, 4);
    if (at % kBlock == 0) {
      const uint8_t first = word[0];
      for (int place = 0; place < 3; ++place) word[place] = kTables.substituted[word[place + 1]];
      word[3] = kTables.substituted[first];
      word[0] ^= constant;
      constant = twice(constant);
    }
    for (size_t place = 0; place < 4; ++place) roundKeys[at + place] = roundKeys[at + place - kBlock] ^ word[place];
  }
}

uint32_t column(const uint8_t* block, size_t number) {
  uint32_t value;
  std::memcpy(&value, block + 4 * number, 4);
  return value;
}

uint32_t mixedColumn(uint32_t first, uint32_t second, uint32_t third, uint32_t fourth) {
  return kTables.mixed[first & 0xff] ^ rotated(kTables.mixed[second >> 8 & 0xff], 8) ^
         rotated(kTables.mixed[third >> 16 & 0xff], 16) ^ rotated(kTables.mixed[fourth >> 24], 24);
}

/** The first byte of the ciphered block, which is all that this mode uses. */
uint8_t firstByte(const uint8_t* roundKeys, const uint8_t* block) {
  uint32_t state[4];
  for (size_t at = 0; at < 4; ++at) state[at] = column(block, at) ^ column(roundKeys, at);
  for (size_t round = 1; round < kRounds; ++round) {
    const uint8_t* keys = roundKeys + round * kBlock;
    uint32_t next[4];
    for (size_t at = 0; at < 4; ++at)
      next[at] = mixedColumn(state[at], state[(at + 1) % 4], state[(at + 2) % 4], state[(at + 3) % 4]) ^ column(keys, at);
    std::memcpy(state, next, sizeof state);
  }
  return kTables.substituted[state[0] & 0xff] ^ roundKeys[kRounds * kBlock];
}

void shiftIn(uint8_t* last, uint8_t cipherByte) {
  std::memmove(last, last + 1, kBlock - 1);
  last[kBlock - 1] = cipherByte;
}

void encryptPlain(const uint8_t* roundKeys, uint8_t* last, uint8_t* bytes, size_t count) {
  for (size_t at = 0; at < count; ++at) {
    bytes[at] ^= firstByte(roundKeys, last);
    shiftIn(last, bytes[at]);
  }
}

void decryptPlain(const uint8_t* roundKeys, uint8_t* last, uint8_t* bytes, size_t count) {
  for (size_t at = 0; at < count; ++at) {
    const uint8_t cipherByte = bytes[at];
    bytes[at] = cipherByte ^ firstByte(roundKeys, last);
    shiftIn(last, cipherByte);
  }
}

// --- The form of x86 ------------------------------------------------------------------------------------------------

#ifdef INFRARUST_AES_NI
// For these functions only: the rest runs on every processor.
#define WITH_AES_NI __attribute__((target("aes,sse4.1")))
// Blocks in an array live in registers only where the loops over them are gone.
#ifdef __clang__
#define UNROLLED _Pragma("unroll")
#else
#define UNROLLED _Pragma("GCC unroll 16")
#endif

WITH_AES_NI inline __m128i load(const uint8_t* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }
WITH_AES_NI inline void store(uint8_t* to, __m128i value) { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), value); }

struct RoundKeys {
  __m128i key[Cipher::kRoundKeys];
};

WITH_AES_NI inline RoundKeys loadKeys(const uint8_t* from) {
  RoundKeys keys;
  UNROLLED
  for (size_t round = 0; round <= kRounds; ++round) keys.key[round] = load(from + round * kBlock);
  return keys;
}

/**
 * Byte by byte, each waiting for the one before: what counts is the way from one ciphertext byte to the next. So the plain
 * byte goes into the last round key, and what the next block begins with is ready but for that byte, its first key included.
 */
WITH_AES_NI void encryptAesNi(const uint8_t* roundKeys, uint8_t* last, uint8_t* bytes, size_t count) {
  const RoundKeys keys = loadKeys(roundKeys);
  const __m128i beforeShift = _mm_slli_si128(keys.key[0], 1);
  const __m128i keyOfNewByte = _mm_srli_si128(keys.key[0], kBlock - 1);
  const __m128i lastKey = _mm_xor_si128(keys.key[kRounds], keyOfNewByte);
  __m128i shifted = load(last);
  __m128i state = _mm_xor_si128(shifted, keys.key[0]);
  for (size_t at = 0; at < count; ++at) {
    const __m128i withPlain = _mm_xor_si128(lastKey, _mm_cvtsi32_si128(bytes[at]));
    UNROLLED
    for (size_t round = 1; round < kRounds; ++round) state = _mm_aesenc_si128(state, keys.key[round]);
    state = _mm_aesenclast_si128(state, withPlain);
    const __m128i cipherByte = _mm_xor_si128(state, keyOfNewByte);
    bytes[at] = static_cast<uint8_t>(_mm_cvtsi128_si32(cipherByte));
    state = _mm_alignr_epi8(state, _mm_xor_si128(shifted, beforeShift), 1);
    shifted = _mm_alignr_epi8(cipherByte, shifted, 1);
  }
  store(last, shifted);
}

/** The same for several streams: in each step of the rounds, one of each. */
template <size_t Streams>
WITH_AES_NI void encryptStreams(const uint8_t* const* roundKeys, uint8_t* const* last, uint8_t* const* bytes, size_t count) {
  __m128i beforeShift[Streams];
  __m128i keyOfNewByte[Streams];
  __m128i lastKey[Streams];
  __m128i shifted[Streams];
  __m128i state[Streams];
  UNROLLED
  for (size_t each = 0; each < Streams; ++each) {
    const __m128i firstKey = load(roundKeys[each]);
    beforeShift[each] = _mm_slli_si128(firstKey, 1);
    keyOfNewByte[each] = _mm_srli_si128(firstKey, kBlock - 1);
    lastKey[each] = _mm_xor_si128(load(roundKeys[each] + kRounds * kBlock), keyOfNewByte[each]);
    shifted[each] = load(last[each]);
    state[each] = _mm_xor_si128(shifted[each], firstKey);
  }
  for (size_t at = 0; at < count; ++at) {
    UNROLLED
    for (size_t round = 1; round < kRounds; ++round) {
      UNROLLED
      for (size_t each = 0; each < Streams; ++each)
        state[each] = _mm_aesenc_si128(state[each], load(roundKeys[each] + round * kBlock));
    }
    UNROLLED
    for (size_t each = 0; each < Streams; ++each) {
      const __m128i withPlain = _mm_xor_si128(lastKey[each], _mm_cvtsi32_si128(bytes[each][at]));
      state[each] = _mm_aesenclast_si128(state[each], withPlain);
      const __m128i cipherByte = _mm_xor_si128(state[each], keyOfNewByte[each]);
      bytes[each][at] = static_cast<uint8_t>(_mm_cvtsi128_si32(cipherByte));
      state[each] = _mm_alignr_epi8(state[each], _mm_xor_si128(shifted[each], beforeShift[each]), 1);
      shifted[each] = _mm_alignr_epi8(cipherByte, shifted[each], 1);
    }
  }
  UNROLLED
  for (size_t each = 0; each < Streams; ++each) store(last[each], shifted[each]);
}

WITH_AES_NI inline __m128i ciphered(const RoundKeys& keys, __m128i block) {
  block = _mm_xor_si128(block, keys.key[0]);
  UNROLLED
  for (size_t round = 1; round < kRounds; ++round) block = _mm_aesenc_si128(block, keys.key[round]);
  return _mm_aesenclast_si128(block, keys.key[kRounds]);
}

constexpr size_t kAtOnce = 8;

/** Eight at a time: the whole ciphertext is there, so no byte waits for another. */
WITH_AES_NI void decryptAesNi(const uint8_t* roundKeys, uint8_t* last, uint8_t* bytes, size_t count) {
  const RoundKeys keys = loadKeys(roundKeys);
  __m128i shifted = load(last);
  size_t at = 0;
  for (; at + kAtOnce <= count; at += kAtOnce) {
    const __m128i eight = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes + at));
    __m128i block[kAtOnce] = {
        shifted,
        _mm_alignr_epi8(eight, shifted, 1),
        _mm_alignr_epi8(eight, shifted, 2),
        _mm_alignr_epi8(eight, shifted, 3),
        _mm_alignr_epi8(eight, shifted, 4),
        _mm_alignr_epi8(eight, shifted, 5),
        _mm_alignr_epi8(eight, shifted, 6),
        _mm_alignr_epi8(eight, shifted, 7),
    };
    shifted = _mm_alignr_epi8(eight, shifted, 8);
    UNROLLED
    for (size_t each = 0; each < kAtOnce; ++each) block[each] = _mm_xor_si128(block[each], keys.key[0]);
    UNROLLED
    for (size_t round = 1; round < kRounds; ++round) {
      UNROLLED
      for (size_t each = 0; each < kAtOnce; ++each) block[each] = _mm_aesenc_si128(block[each], keys.key[round]);
    }
    UNROLLED
    for (size_t each = 0; each < kAtOnce; ++each) block[each] = _mm_aesenclast_si128(block[each], keys.key[kRounds]);
    // The first byte of each, side by side.
    const __m128i first = _mm_unpacklo_epi16(_mm_unpacklo_epi8(block[0], block[1]), _mm_unpacklo_epi8(block[2], block[3]));
    const __m128i second = _mm_unpacklo_epi16(_mm_unpacklo_epi8(block[4], block[5]), _mm_unpacklo_epi8(block[6], block[7]));
    const __m128i stream = _mm_unpacklo_epi32(first, second);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(bytes + at), _mm_xor_si128(stream, eight));
  }
  for (; at < count; ++at) {
    const __m128i one = _mm_cvtsi32_si128(bytes[at]);
    bytes[at] = static_cast<uint8_t>(_mm_cvtsi128_si32(_mm_xor_si128(ciphered(keys, shifted), one)));
    shifted = _mm_alignr_epi8(one, shifted, 1);
  }
  store(last, shifted);
}

CipherForm findBestForm() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("aes") && __builtin_cpu_supports("sse4.1") ? CipherForm::AesNi : CipherForm::Plain;
}
#else
template <size_t Streams>
void encryptStreams(const uint8_t* const* roundKeys, uint8_t* const* last, uint8_t* const* bytes, size_t count) {
  for (size_t each = 0; each < Streams; ++each) encryptPlain(roundKeys[each], last[each], bytes[each], count);
}

void encryptAesNi(const uint8_t* roundKeys, uint8_t* last, uint8_t* bytes, size_t count) {
  encryptPlain(roundKeys, last, bytes, count);
}

void decryptAesNi(const uint8_t* roundKeys, uint8_t* last, uint8_t* bytes, size_t count) {
  decryptPlain(roundKeys, last, bytes, count);
}

CipherForm findBestForm() { return CipherForm::Plain; }
#endif

}  // namespace

CipherForm bestCipherForm() {
  static const CipherForm best = findBestForm();
  return best;
}

Cipher::Cipher(const uint8_t* key, CipherForm form) : form_(form) {
  expandKey(key, roundKeys_);
  std::memcpy(outbound_, key, kBlockBytes);
  std::memcpy(inbound_, key, kBlockBytes);
}

Cipher::~Cipher() { explicit_bzero(this, sizeof *this); }

void Cipher::encrypt(uint8_t* bytes, size_t count) {
  if (form_ == CipherForm::AesNi) encryptAesNi(roundKeys_, outbound_, bytes, count);
  else encryptPlain(roundKeys_, outbound_, bytes, count);
}

void encryptTogether(Enciphering* pieces, size_t count) {
  if (count > 0 && pieces[0].cipher->form_ == CipherForm::Plain) {
    for (size_t each = 0; each < count; ++each) pieces[each].cipher->encrypt(pieces[each].bytes, pieces[each].count);
    return;
  }
  for (;;) {
    // Those that are done leave the row.
    size_t left = 0;
    for (size_t each = 0; each < count; ++each)
      if (pieces[each].count > 0) pieces[left++] = pieces[each];
    count = left;
    if (count == 0) return;
    if (count == 1) return pieces[0].cipher->encrypt(pieces[0].bytes, pieces[0].count);

    const uint8_t* roundKeys[kEncipheredTogether];
    uint8_t* last[kEncipheredTogether];
    uint8_t* bytes[kEncipheredTogether];
    size_t shortest = pieces[0].count;
    for (size_t each = 0; each < count; ++each) {
      roundKeys[each] = pieces[each].cipher->roundKeys_;
      last[each] = pieces[each].cipher->outbound_;
      bytes[each] = pieces[each].bytes;
      shortest = pieces[each].count < shortest ? pieces[each].count : shortest;
    }
    if (count == 2) encryptStreams<2>(roundKeys, last, bytes, shortest);
    else if (count == 3) encryptStreams<3>(roundKeys, last, bytes, shortest);
    else encryptStreams<4>(roundKeys, last, bytes, shortest);
    for (size_t each = 0; each < count; ++each) {
      pieces[each].bytes += shortest;
      pieces[each].count -= shortest;
    }
  }
}

void Cipher::decrypt(uint8_t* bytes, size_t count) {
  if (form_ == CipherForm::AesNi) decryptAesNi(roundKeys_, inbound_, bytes, count);
  else decryptPlain(roundKeys_, inbound_, bytes, count);
}

}  // namespace infrarust
