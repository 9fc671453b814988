#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdint>

/** The system calls on sockets. Nothing here keeps state; a result below zero is a negated errno. */
namespace infrarust {

/** One open descriptor and its only owner. */
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { close(); }

  int get() const { return fd_; }
  bool isOpen() const { return fd_ >= 0; }
  /** Gives the descriptor away: the caller closes it. */
  int release();
  void close();
  /** Closes with a reset instead of a FIN, whatever is still in the buffers. */
  void reset();

 private:
  int fd_ = -1;
};

/** The address and port of one end as the kernel has them. An end at a Unix socket has a family and nothing else. */
union Endpoint {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

/** What is bound or dialled. Not kept, for it has room for the path of a Unix socket. */
union SocketName {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
  sockaddr_un unixSocket;
  bool isUnix() const { return any.sa_family == AF_UNIX; }
};

/** The canonical text of an address: an IPv4-mapped one is IPv4, a zone is dropped. Of a Unix socket there is none. */
struct EndpointText {
  char address[INET6_ADDRSTRLEN];
  uint8_t length;
  uint16_t port;
};

/** @param address an IP address, or `unix:` and a path of at most kUnixPathMaxBytes, without a port */
bool parseSocketName(const char* address, uint16_t port, SocketName& name);
EndpointText describe(const Endpoint& endpoint);
bool isWildcard(const Endpoint& endpoint);
bool localEndpoint(int fd, Endpoint& endpoint);

/** How the kernel probes silent connections: after this silence, this often, so many times. No silence: not at all. */
struct KeepAlive {
  int idleSeconds = 0;
  int intervalSeconds = 0;
  int probes = 0;
  bool isOn() const { return idleSeconds > 0; }
};

/**
 * Binds and listens; TCP_NODELAY and keep-alive set here are inherited by every accepted socket. A Unix socket has its mode
 * before anybody can connect.
 */
int listenOn(const SocketName& name, KeepAlive keepAlive, Descriptor& listener, const char*& failedCall);
int acceptFrom(int listener, Descriptor& accepted, Endpoint& peer);
/**
 * Starts connecting. `-EINPROGRESS` is the ordinary answer.
 *
 * @param sendsAtOnce bytes follow as soon as it is connected, so the ACK of the handshake goes out with them
 */
int startConnect(const SocketName& name, bool sendsAtOnce, Descriptor& socket);
/** The error a connect ended with, 0 for none. */
int pendingError(int fd);

/** Bytes received, 0 at the peer's FIN, else negative. */
ssize_t receive(int fd, uint8_t* into, size_t room, int flags = 0);
/** Bytes taken by the kernel, else negative. */
ssize_t transmit(int fd, const uint8_t* bytes, size_t count);
/** The same for two pieces in one segment. */
ssize_t transmit(int fd, const uint8_t* first, size_t firstCount, const uint8_t* second, size_t secondCount);

void shutdownOutput(int fd);
void setNoDelay(int fd);
void setKeepAlive(int fd, KeepAlive keepAlive);

}  // namespace infrarust
