// System calls that the load generator needs, with failures that end the program: a measurement with holes is none.
#pragma once
#include <arpa/inet.h>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

[[noreturn]] inline void die(const char *what) {
  std::fprintf(stderr, "load: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

inline uint64_t nowNs(clockid_t clock = CLOCK_MONOTONIC) {
  timespec at;
  clock_gettime(clock, &at);
  return uint64_t(at.tv_sec) * 1'000'000'000u + uint64_t(at.tv_nsec);
}

inline sockaddr_in loopback(uint32_t address, int port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(address);
  at.sin_port = htons(uint16_t(port));
  return at;
}

inline int listenOn(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  sockaddr_in at = loopback(INADDR_LOOPBACK, port);
  if (bind(fd, reinterpret_cast<sockaddr *>(&at), sizeof at) || listen(fd, 4096)) die("listen");
  return fd;
}

/** Starts to connect from 127.0.1.(n mod 200 + 1), so that no client address runs out of ports. */
inline int connectTo(int port, unsigned n) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket");
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  sockaddr_in from = loopback(0x7f000101u + n % 200, 0);
  if (bind(fd, reinterpret_cast<sockaddr *>(&from), sizeof from)) die("bind");
  sockaddr_in to = loopback(INADDR_LOOPBACK, port);
  if (connect(fd, reinterpret_cast<sockaddr *>(&to), sizeof to) && errno != EINPROGRESS) die("connect");
  return fd;
}

inline void watch(int epoll, int fd, uint32_t events, void *owner) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = owner;
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)) die("epoll_ctl");
}
