#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace infrarust {

/**
 * Memory for bytes that wait. Large blocks come from the kernel and go back to it: what a thousand clients that had
 * stopped reading have used stays with the process otherwise, in pieces between others that are still in use.
 */
#ifdef __SANITIZE_ADDRESS__
// It sees who writes beyond the end of what `malloc` gave.
constexpr size_t kLargeBlockBytes = SIZE_MAX;
#else
constexpr size_t kLargeBlockBytes = 16 * 1024;
#endif

/** Never null: out of memory ends the process here as it does in V8 beside us; there is nobody to hand an error to. */
inline void* takeBlock(size_t bytes) {
  void* block = bytes < kLargeBlockBytes
                    ? std::malloc(bytes)
                    : mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == nullptr || block == MAP_FAILED) std::abort();
  return block;
}

/** @param bytes what it was taken with */
inline void giveBlock(void* block, size_t bytes) {
  if (bytes < kLargeBlockBytes) std::free(block);
  else munmap(block, bytes);
}

}  // namespace infrarust
