#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "boundary.hpp"
#include "socket.hpp"

namespace infrarust {

/** Cleared for good where the kernel, or a filter of system calls, does not splice: everything is copied then. */
inline std::atomic<bool> canSplice{true};

/** Whether a result of `Pipe::fill` or `Pipe::drain` says so. No error of a connection has these numbers. */
bool isNoSplice(ssize_t result);

/** A pipe of the kernel, its only owner, and how many bytes are in it. */
class Pipe {
 public:
  Pipe() = default;
  Pipe(Pipe&& other) noexcept { *this = static_cast<Pipe&&>(other); }
  Pipe& operator=(Pipe&& other) noexcept;
  ~Pipe() { close(); }

  /** One that is not open where it cannot be had: too many are open, or the kernel gives none that is large enough. */
  static Pipe open();
  bool isOpen() const { return output_.isOpen(); }
  bool isEmpty() const { return held_ == 0; }
  void close();

  /** Takes in what the socket has, up to `most`. Bytes, 0 at the peer's FIN, else negative as of `receive`. */
  ssize_t fill(int socket, size_t most);
  /** Lets out to the socket what it takes. Bytes, else negative as of `transmit`. */
  ssize_t drain(int socket);
  /** Lets out into memory. */
  ssize_t read(uint8_t* into, size_t room);
  /** In builds with a sanitizer: ends the process where the kernel knows of bytes that we do not. */
  void checkEmpty() const;

 private:
  Descriptor input_;
  Descriptor output_;
  size_t held_ = 0;
};

/**
 * The pipes of one thread that no direction uses. One that still has bytes in it never comes back: they would reach
 * somebody else.
 */
class PipePool {
 public:
  PipePool() = default;
  PipePool(const PipePool&) = delete;
  PipePool& operator=(const PipePool&) = delete;
  ~PipePool();

  /** An empty pipe; one that is not open where there is none to be had now. */
  Pipe take(double now);
  void giveBack(Pipe pipe);

 private:
  std::vector<Pipe> spare_;
  /** After a pipe was not to be had. */
  double retryAt_ = 0;
};

}  // namespace infrarust
