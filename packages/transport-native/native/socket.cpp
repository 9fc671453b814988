#include "socket.hpp"

#include "boundary.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace infrarust {

namespace {

bool enable(int fd, int level, int option, int value = 1) {
  return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

socklen_t sizeOf(const SocketName& name) {
  if (name.isUnix()) return sizeof name.unixSocket;
  return name.any.sa_family == AF_INET6 ? sizeof name.v6 : sizeof name.v4;
}

constexpr char kUnixPrefix[] = "unix:";
constexpr size_t kUnixPrefixBytes = sizeof kUnixPrefix - 1;

bool parseUnix(const char* path, SocketName& name) {
  const size_t length = std::strlen(path);
  if (length == 0 || length > kUnixPathMaxBytes) return false;
  name.unixSocket.sun_family = AF_UNIX;
  std::memcpy(name.unixSocket.sun_path, path, length + 1);
  return true;
}

/** Between `bind` and `listen` nobody can connect: the mode is there first, and no umask of the process is touched. */
int listenOnUnix(const SocketName& name, const Descriptor& socket, const char*& failedCall) {
  const char* path = name.unixSocket.sun_path;
  failedCall = "bind";
  if (bind(socket.get(), &name.any, sizeOf(name)) != 0) return -errno;
  failedCall = "chmod";
  int error = chmod(path, kUnixSocketMode) == 0 ? 0 : errno;
  if (error == 0) {
    failedCall = "listen";
    error = listen(socket.get(), static_cast<int>(kListenBacklog)) == 0 ? 0 : errno;
  }
  if (error != 0) unlink(path);
  return -error;
}

/** What `inet_ntop` does by way of `printf`, for every connection; returns the length. */
uint8_t writeIPv4(const uint8_t* bytes, char* into) {
  char* at = into;
  for (int index = 0; index < 4; ++index) {
    if (index > 0) *at++ = '.';
    const unsigned byte = bytes[index];
    if (byte >= 100) *at++ = static_cast<char>('0' + byte / 100);
    if (byte >= 10) *at++ = static_cast<char>('0' + byte / 10 % 10);
    *at++ = static_cast<char>('0' + byte % 10);
  }
  return static_cast<uint8_t>(at - into);
}

/** What a link-local address without an interface is taken for, as `libuv` does: the first interface that has one. */
uint32_t firstLinkLocalScope() {
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return 0;
  uint32_t scope = 0;
  for (const ifaddrs* each = all; each != nullptr && scope == 0; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET6) continue;
    const auto* address = reinterpret_cast<const sockaddr_in6*>(each->ifa_addr);
    if (IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr)) scope = address->sin6_scope_id;
  }
  freeifaddrs(all);
  return scope;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = other.release();
  }
  return *this;
}

int Descriptor::release() {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

void Descriptor::close() {
  // EINTR is not retried: on Linux the descriptor is gone by then and may be somebody else's.
  if (fd_ >= 0) ::close(release());
}

void Descriptor::reset() {
  if (fd_ < 0) return;
  const linger atOnce{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
  close();
}

bool parseSocketName(const char* address, uint16_t port, SocketName& name) {
  std::memset(&name, 0, sizeof name.v6);
  if (inet_pton(AF_INET, address, &name.v4.sin_addr) == 1) {
    name.v4.sin_family = AF_INET;
    name.v4.sin_port = htons(port);
    return true;
  }
  if (std::strncmp(address, kUnixPrefix, kUnixPrefixBytes) == 0)
    return port == 0 && parseUnix(address + kUnixPrefixBytes, name);
  // A link-local address names its interface behind a `%`, which `inet_pton` does not know.
  const char* zone = std::strchr(address, '%');
  const std::string bare(address, zone == nullptr ? std::strlen(address) : static_cast<size_t>(zone - address));
  if (inet_pton(AF_INET6, bare.c_str(), &name.v6.sin6_addr) != 1) return false;
  if (zone != nullptr) name.v6.sin6_scope_id = if_nametoindex(zone + 1);
  if (name.v6.sin6_scope_id == 0 && IN6_IS_ADDR_LINKLOCAL(&name.v6.sin6_addr))
    name.v6.sin6_scope_id = firstLinkLocalScope();
  name.v6.sin6_family = AF_INET6;
  name.v6.sin6_port = htons(port);
  return true;
}

EndpointText describe(const Endpoint& endpoint) {
  EndpointText text{};
  const void* address = &endpoint.v4.sin_addr;
  int family = endpoint.any.sa_family;
  in_port_t port = endpoint.v4.sin_port;
  if (family == AF_INET6) {
    const in6_addr& v6 = endpoint.v6.sin6_addr;
    const bool isMapped = IN6_IS_ADDR_V4MAPPED(&v6);
    address = isMapped ? static_cast<const void*>(v6.s6_addr + 12) : &v6;
    family = isMapped ? AF_INET : AF_INET6;
    port = endpoint.v6.sin6_port;
  }
  if (family == AF_INET) {
    text.length = writeIPv4(static_cast<const uint8_t*>(address), text.address);
  } else if (family == AF_INET6) {
    inet_ntop(family, address, text.address, sizeof text.address);
    text.length = static_cast<uint8_t>(std::strlen(text.address));
  } else {
    return text;
  }
  text.port = ntohs(port);
  return text;
}

bool isWildcard(const Endpoint& endpoint) {
  if (endpoint.any.sa_family == AF_INET6) return IN6_IS_ADDR_UNSPECIFIED(&endpoint.v6.sin6_addr);
  return endpoint.any.sa_family == AF_INET && endpoint.v4.sin_addr.s_addr == htonl(INADDR_ANY);
}

bool localEndpoint(int fd, Endpoint& endpoint) {
  socklen_t length = sizeof endpoint;
  return getsockname(fd, &endpoint.any, &length) == 0;
}

int listenOn(const SocketName& name, KeepAlive keepAlive, Descriptor& listener, const char*& failedCall) {
  failedCall = "socket";
  Descriptor socket(::socket(name.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.isOpen()) return -errno;
  if (name.isUnix()) {
    const int error = listenOnUnix(name, socket, failedCall);
    if (error == 0) listener = std::move(socket);
    return error;
  }
  // A restart must not wait for TIME_WAIT. Not SO_REUSEPORT: a second instance would silently take half the players.
  enable(socket.get(), SOL_SOCKET, SO_REUSEADDR);
  if (name.any.sa_family == AF_INET6) enable(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  setNoDelay(socket.get());
  setKeepAlive(socket.get(), keepAlive);
  failedCall = "bind";
  if (bind(socket.get(), &name.any, sizeOf(name)) != 0) return -errno;
  failedCall = "listen";
  if (listen(socket.get(), static_cast<int>(kListenBacklog)) != 0) return -errno;
  listener = std::move(socket);
  return 0;
}

int acceptFrom(int listener, Descriptor& accepted, Endpoint& peer) {
  socklen_t length = sizeof peer;
  accepted = Descriptor(accept4(listener, &peer.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
  return accepted.isOpen() ? 0 : -errno;
}

int startConnect(const SocketName& name, bool sendsAtOnce, Descriptor& socket) {
  socket = Descriptor(::socket(name.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.isOpen()) return -errno;
  // Without bytes to carry it, the kernel would hold that ACK back for 200 ms.
  if (sendsAtOnce && !name.isUnix()) enable(socket.get(), IPPROTO_TCP, TCP_QUICKACK, 0);
  return connect(socket.get(), &name.any, sizeOf(name)) == 0 ? 0 : -errno;
}

int pendingError(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

ssize_t receive(int fd, uint8_t* into, size_t room, int flags) {
  for (;;) {
    const ssize_t count = recv(fd, into, room, flags);
    if (count >= 0) return count;
    if (errno != EINTR) return -errno;
  }
}

ssize_t transmit(int fd, const uint8_t* bytes, size_t count) {
  for (;;) {
    const ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
    if (sent >= 0) return sent;
    if (errno != EINTR) return -errno;
  }
}

ssize_t transmit(int fd, const uint8_t* first, size_t firstCount, const uint8_t* second, size_t secondCount) {
  if (secondCount == 0) return transmit(fd, first, firstCount);
  if (firstCount == 0) return transmit(fd, second, secondCount);
  iovec pieces[2] = {{const_cast<uint8_t*>(first), firstCount}, {const_cast<uint8_t*>(second), secondCount}};
  msghdr message{};
  message.msg_iov = pieces;
  message.msg_iovlen = 2;
  for (;;) {
    const ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    if (sent >= 0) return sent;
    if (errno != EINTR) return -errno;
  }
}

void shutdownOutput(int fd) { shutdown(fd, SHUT_WR); }

void setNoDelay(int fd) { enable(fd, IPPROTO_TCP, TCP_NODELAY); }

void setKeepAlive(int fd, KeepAlive keepAlive) {
  enable(fd, SOL_SOCKET, SO_KEEPALIVE, keepAlive.isOn() ? 1 : 0);
  if (!keepAlive.isOn()) return;
  enable(fd, IPPROTO_TCP, TCP_KEEPIDLE, keepAlive.idleSeconds);
  enable(fd, IPPROTO_TCP, TCP_KEEPINTVL, keepAlive.intervalSeconds);
  enable(fd, IPPROTO_TCP, TCP_KEEPCNT, keepAlive.probes);
}

}  // namespace infrarust
