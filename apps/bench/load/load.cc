// The load generator: clients and the backend behind the proxy under test, in one thread and one epoll instance.
//
//   load JOB TARGET_PORT BACKEND_PORT HEAD_HEX AMOUNT CONCURRENCY [RATE [ADOPTED]]
//
// JOB      connect  AMOUNT connections: connect, send the head, one byte back, close
//          echo     CONCURRENCY connections send a 64-byte packet, wait for its echo, and again: AMOUNT milliseconds
//          latency  the same at a fixed rate of 64-byte packets over all connections: AMOUNT milliseconds, RATE a second
//          up/down  CONCURRENCY connections send/receive as fast as they can: AMOUNT milliseconds
//          beside   latency over CONCURRENCY connections while four others pour, two up and two down
//          idle     opens AMOUNT connections, says `ready`, holds them until standard input ends
// ADOPTED  so many connections stand already: their clients' sockets are the descriptors from 3 on, and behind them those of
//          the backend. Nothing is opened then. What the proxy enciphers is as good as any bytes: they are counted, not read.
// HEAD_HEX what each client says first: a PROXY header of version 2 for IPv4, handshake, login start. Each client writes its
//          own number into the last three bytes of its address in the header, over the zeros of `Player00000`, and into
//          the last four bytes, which are the end of its UUID.
//
// The backend answers with one byte when header, handshake and login start are whole, however many pieces they come in: a
// proxy that writes them apart must not look cheaper for it. Later bytes are echoed (echo, latency), discarded (up), or
// followed by an endless stream (down); in `beside` the first byte says which. Result: one line of JSON with counts, nanoseconds and own CPU time.
#include "head.h"
#include "net.h"
#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace {

enum class Job { Connect, Echo, Latency, Up, Down, Beside, Idle };
constexpr size_t PACKET_BYTES = 64;
const std::string NAME = "Player";
constexpr size_t NUMBER_DIGITS = 5;
/** Of the source address in a header of version 2 for IPv4. */
constexpr size_t ADDRESS_AT = 16;
/** Sessions that pour in `beside`, and how much of each is moved before the packets have their turn again. */
constexpr unsigned POURING = 4;
constexpr size_t POUR_BYTES = 1 << 16;
constexpr char POUR_UP = 'U', POUR_DOWN = 'D';

struct Socket {
  enum class Side { Listener, Backend, Client } side;
  int fd;
  bool isEstablished = false;  // client: the byte that answers the head has come; backend: the head has come
  size_t echoed = 0;           // client: bytes of the current packet that are back
  std::deque<uint64_t> sentAt{}; // client, latency: when the packets under way were sent
  std::string head{};          // backend: what has come of the head
  enum class Pour { No, Sends, Receives } pour = Pour::No;  // beside
};

struct Settings {
  Job job;
  int targetPort;
  int backendPort;
  std::string head;
  uint64_t amount;
  unsigned concurrency;
  uint64_t rate;
  unsigned adopted;
};

class Load {
 public:
  explicit Load(Settings settings) : settings(std::move(settings)), epoll(epoll_create1(EPOLL_CLOEXEC)), buffer(1 << 18) {
    const size_t nameAt = this->settings.head.find(NAME + std::string(NUMBER_DIGITS, '0'));
    if (nameAt != std::string::npos) numberAt = nameAt + NAME.size();
    if (this->settings.adopted > 0) return;
    auto *listener = new Socket{Socket::Side::Listener, listenOn(this->settings.backendPort)};
    watch(epoll, listener->fd, EPOLLIN, listener);
  }

  void run() {
    if (settings.job == Job::Beside) settings.concurrency += POURING;
    const uint64_t total = settings.job == Job::Connect || settings.job == Job::Idle ? settings.amount : settings.concurrency;
    remaining = total;
    if (settings.adopted > 0) adopt();
    for (unsigned n = 0; n < settings.concurrency && remaining > 0; n++) open();
    if (settings.job == Job::Connect) {
      begin();
      while (done < total) step(1000);
    } else {
      while (established < total) step(1000);
      if (settings.job == Job::Idle) return hold();
      begin();
      start();
      const uint64_t end = startedAt + settings.amount * 1'000'000u;
      while (nowNs() < end) {
        if (isPaced()) pace();
        if (settings.job == Job::Beside) pour();
        step(isPaced() ? 0 : 10);
      }
    }
    report();
  }

 private:
  bool isPaced() const { return settings.job == Job::Latency || settings.job == Job::Beside; }

  void begin() {
    startedAt = nowNs();
    cpuAt = nowNs(CLOCK_PROCESS_CPUTIME_ID);
    done = bytes = 0;
  }

  /** What a job before has left on its way is read before anything is counted. */
  void adopt() {
    constexpr int FIRST = 3, QUIET_MS = 50;
    remaining = 0;
    for (unsigned n = 0; n < settings.adopted; n++) {
      auto *client = new Socket{Socket::Side::Client, FIRST + int(n), true};
      auto *backend = new Socket{Socket::Side::Backend, FIRST + int(settings.adopted + n), true};
      for (Socket *socket : {client, backend}) fcntl(socket->fd, F_SETFL, fcntl(socket->fd, F_GETFL) | O_NONBLOCK);
      clients.push_back(client);
      established++;
      watch(epoll, client->fd, EPOLLIN | EPOLLET, client);
      watch(epoll, backend->fd, EPOLLIN | (settings.job == Job::Down ? uint32_t(EPOLLOUT) : 0u) | EPOLLET, backend);
    }
    isDraining = true;
    while (step(QUIET_MS) > 0) {
    }
    isDraining = false;
  }

  void open() {
    remaining--;
    auto *client = new Socket{Socket::Side::Client, connectTo(settings.targetPort, opened++)};
    watch(epoll, client->fd, EPOLLIN | EPOLLOUT | EPOLLET, client);
  }

  /** How many events there were. */
  int step(int timeoutMs) {
    epoll_event events[256];
    const int count = epoll_wait(epoll, events, 256, timeoutMs);
    if (count == 0 && timeoutMs == 1000 && ++silentSeconds == 20) {
      errno = ETIMEDOUT;
      die("nothing came for 20 s");
    }
    if (count > 0) silentSeconds = 0;
    for (int i = 0; i < count; i++) {
      auto *socket = static_cast<Socket *>(events[i].data.ptr);
      if (socket->side == Socket::Side::Listener) accept(*socket);
      else if (socket->side == Socket::Side::Backend) serve(socket, events[i].events);
      else play(socket, events[i].events);
    }
    return count;
  }

  void accept(Socket &listener) {
    for (;;) {
      const int fd = accept4(listener.fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      auto *backend = new Socket{Socket::Side::Backend, fd};
      watch(epoll, fd, EPOLLIN | (settings.job == Job::Down ? uint32_t(EPOLLOUT) : 0u) | EPOLLET, backend);
    }
  }

  void serve(Socket *socket, uint32_t events) {
    if (socket->pour != Socket::Pour::No) return;
    for (;;) {
      const ssize_t got = recv(socket->fd, buffer.data(), buffer.size(), 0);
      if (got == 0 || (got < 0 && errno != EAGAIN)) return drop(socket);
      if (got < 0) break;
      if (!socket->isEstablished) {
        socket->head.append(buffer.data(), size_t(got));
        if (!isWhole(socket->head)) continue;
        socket->isEstablished = true;
        socket->head = {};
        send(socket->fd, "!", 1, MSG_NOSIGNAL);
      } else if (settings.job == Job::Beside && (buffer[0] == POUR_UP || buffer[0] == POUR_DOWN)) {
        return begins(*socket, buffer[0] == POUR_UP ? Socket::Pour::Receives : Socket::Pour::Sends);
      } else if (isPaced() || settings.job == Job::Echo) {
        send(socket->fd, buffer.data(), size_t(got), MSG_NOSIGNAL);
      } else if (settings.job == Job::Up) {
        bytes += uint64_t(got);
      }
      if (size_t(got) < buffer.size()) break;
    }
    if (settings.job == Job::Down && !isDraining && socket->isEstablished && (events & EPOLLOUT || startedAt)) flood(socket);
  }

  void begins(Socket &socket, Socket::Pour pour) {
    socket.pour = pour;
    pouring.push_back(&socket);
  }

  /** A little of each session that pours: the packets are not to wait for the generator itself. */
  void pour() {
    for (Socket *socket : pouring) {
      if (socket->pour == Socket::Pour::Sends) send(socket->fd, buffer.data(), POUR_BYTES, MSG_NOSIGNAL);
      else if (const ssize_t got = recv(socket->fd, buffer.data(), POUR_BYTES, 0); got > 0) bytes += uint64_t(got);
      else if (got == 0 || errno != EAGAIN) die("the proxy closed a connection that pours");
    }
  }

  /**
   * A player of its own for each connection, with an address and a UUID: the proxy takes one who is on his way many times at
   * once for a loop, and what is kept for each client is to be kept for many.
   */
  void nameNext() {
    if (numberAt == std::string::npos) return;
    named++;
    std::string &head = settings.head;
    for (size_t byte = 0; byte < 3; byte++) head[ADDRESS_AT + 3 - byte] = char(named >> (8 * byte));
    for (size_t byte = 0; byte < 4; byte++) head[head.size() - 1 - byte] = char(named >> (8 * byte));
    for (uint64_t digit = 0, rest = named; digit < NUMBER_DIGITS; digit++, rest /= 10)
      settings.head[numberAt + NUMBER_DIGITS - 1 - digit] = char('0' + rest % 10);
  }

  void play(Socket *socket, uint32_t events) {
    if (socket->pour != Socket::Pour::No) return;
    if (!socket->isEstablished && (events & EPOLLOUT) && !(events & EPOLLIN)) {
      nameNext();
      if (send(socket->fd, settings.head.data(), settings.head.size(), MSG_NOSIGNAL) < 0) die("send head");
      return;
    }
    for (;;) {
      const ssize_t got = recv(socket->fd, buffer.data(), buffer.size(), 0);
      if (got == 0 || (got < 0 && errno != EAGAIN)) {
        errno = ECONNRESET;
        die("the proxy closed a connection");
      }
      if (got < 0) break;
      size_t rest = size_t(got);
      if (!socket->isEstablished) {
        socket->isEstablished = true;
        established++;
        clients.push_back(socket);
        rest--;
        if (settings.job == Job::Connect) {
          done++;
          clients.clear();
          drop(socket);
          if (remaining > 0) open();
          return;
        }
        if (settings.job == Job::Idle && remaining > 0) open();
      }
      if (startedAt) received(*socket, rest);
      if (size_t(got) < buffer.size()) break;
    }
    if (settings.job == Job::Up && startedAt && (events & EPOLLOUT)) flood(socket);
  }

  void received(Socket &client, size_t count) {
    bytes += settings.job == Job::Down ? count : 0;
    if (settings.job != Job::Echo && !isPaced()) return;
    client.echoed += count;
    while (client.echoed >= PACKET_BYTES) {
      client.echoed -= PACKET_BYTES;
      done++;
      if (settings.job == Job::Echo) sendPacket(client);
      else if (!client.sentAt.empty()) {
        latencies.push_back(uint32_t((nowNs() - client.sentAt.front()) / 1000));
        client.sentAt.pop_front();
      }
    }
  }

  void start() {
    for (unsigned n = 0; settings.job == Job::Beside && n < POURING; n++) {
      Socket &client = *clients.back();
      clients.pop_back();
      const bool isUp = n % 2 == 0;
      send(client.fd, isUp ? &POUR_UP : &POUR_DOWN, 1, MSG_NOSIGNAL);
      begins(client, isUp ? Socket::Pour::Sends : Socket::Pour::Receives);
    }
    for (Socket *client : clients) {
      if (settings.job == Job::Echo) sendPacket(*client);
      if (settings.job == Job::Up) flood(client);
      // One byte tells the backend of this connection to begin.
      if (settings.job == Job::Down) send(client->fd, "!", 1, MSG_NOSIGNAL);
    }
  }

  /** Sends what is due by now, round robin: an open loop, so that a slow proxy cannot slow its own measurement. */
  void pace() {
    const uint64_t due = (nowNs() - startedAt) * settings.rate / 1'000'000'000u;
    while (paced < due) {
      Socket &client = *clients[paced++ % clients.size()];
      const uint64_t now = nowNs();
      lateness.push_back(uint32_t((now - startedAt - paced * 1'000'000'000u / settings.rate) / 1000));
      client.sentAt.push_back(now);
      sendPacket(client);
    }
  }

  void sendPacket(Socket &client) {
    static const char packet[PACKET_BYTES] = {};
    if (send(client.fd, packet, PACKET_BYTES, MSG_NOSIGNAL) != ssize_t(PACKET_BYTES)) die("send packet");
  }

  void flood(Socket *socket) {
    while (send(socket->fd, buffer.data(), buffer.size(), MSG_NOSIGNAL) > 0) {
    }
  }

  void hold() {
    std::printf("ready\n");
    std::fflush(stdout);
    char byte;
    while (read(0, &byte, 1) > 0) {
    }
  }

  void drop(Socket *socket) {
    close(socket->fd);
    delete socket;
  }

  void report() {
    const uint64_t elapsed = nowNs() - startedAt;
    const uint64_t cpu = nowNs(CLOCK_PROCESS_CPUTIME_ID) - cpuAt;
    std::sort(latencies.begin(), latencies.end());
    std::sort(lateness.begin(), lateness.end());
    auto percentile = [](const std::vector<uint32_t> &sorted, double share) {
      return sorted.empty() ? 0u : sorted[size_t(double(sorted.size() - 1) * share)];
    };
    std::printf("{\"done\":%llu,\"bytes\":%llu,\"elapsedNs\":%llu,\"cpuNs\":%llu,\"p50Us\":%u,\"p90Us\":%u,\"p99Us\":%u,"
                "\"lateP99Us\":%u}\n",
                (unsigned long long)done, (unsigned long long)bytes, (unsigned long long)elapsed,
                (unsigned long long)cpu, percentile(latencies, 0.5), percentile(latencies, 0.9),
                percentile(latencies, 0.99), percentile(lateness, 0.99));
  }

  Settings settings;
  int epoll;
  std::vector<char> buffer;
  size_t numberAt = std::string::npos;
  uint64_t named = 0;
  std::vector<Socket *> clients;
  std::vector<Socket *> pouring;
  std::vector<uint32_t> latencies;
  std::vector<uint32_t> lateness;  // how long after its time each packet was sent: ours, and no proxy's
  uint64_t remaining = 0, opened = 0, established = 0, done = 0, bytes = 0, paced = 0;
  uint64_t startedAt = 0, cpuAt = 0;
  int silentSeconds = 0;
  bool isDraining = false;
};

std::string unhex(const std::string &text) {
  std::string bytes;
  for (size_t at = 0; at + 1 < text.size(); at += 2) bytes.push_back(char(std::stoi(text.substr(at, 2), nullptr, 16)));
  return bytes;
}

Job jobNamed(const std::string &name) {
  const std::pair<const char *, Job> jobs[] = {{"connect", Job::Connect}, {"echo", Job::Echo}, {"latency", Job::Latency},
                                               {"up", Job::Up},           {"down", Job::Down}, {"beside", Job::Beside},
                                               {"idle", Job::Idle}};
  for (const auto &[known, job] : jobs)
    if (name == known) return job;
  std::fprintf(stderr, "load: no job is called %s\n", name.c_str());
  std::exit(2);
}

}  // namespace

int main(int count, char **words) {
  if (count < 7) {
    std::fprintf(stderr, "usage: load JOB TARGET_PORT BACKEND_PORT HEAD_HEX AMOUNT CONCURRENCY [RATE [ADOPTED]]\n");
    return 2;
  }
  Load(Settings{jobNamed(words[1]), std::stoi(words[2]), std::stoi(words[3]), unhex(words[4]), std::stoull(words[5]),
                unsigned(std::stoul(words[6])), count > 7 ? std::stoull(words[7]) : 0,
                count > 8 ? unsigned(std::stoul(words[8])) : 0})
      .run();
  // The kernel takes the sockets back.
  std::fflush(stdout);
  _exit(0);
}
