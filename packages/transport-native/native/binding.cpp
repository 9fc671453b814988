#define NAPI_VERSION 8
#include <node_api.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "loop.hpp"

/** The JavaScript boundary: the only file that includes Node-API. Its TypeScript face is `src/binding.ts`. */
namespace infrarust {

namespace {

constexpr unsigned kMostThreads = 1U << kThreadBits;

/** A listening socket, closed when the last thread has let go of it. */
struct Bound {
  Descriptor fd;
  unsigned threadsLeft;
};

/** One native transport. Belongs to the JavaScript thread; ended by `close`, or else when its environment goes. */
struct Engine {
  napi_env env = nullptr;
  napi_threadsafe_function wake = nullptr;
  Shared shared;
  std::vector<std::unique_ptr<Loop>> loops;
  std::map<uint32_t, Bound> bound;
  /** Loops that have reports for JavaScript, in the order in which they said so. */
  std::deque<Loop*> told;
  /** What JavaScript is handed piece by piece, and how much of it it has. */
  std::vector<uint8_t> reports;
  size_t handedBytes = 0;
  bool isOpen = false;
};

napi_value undefinedValue(napi_env env) {
  napi_value value;
  napi_get_undefined(env, &value);
  return value;
}

napi_value number(napi_env env, double of) {
  napi_value value;
  napi_create_double(env, of, &value);
  return value;
}

napi_value text(napi_env env, const std::string& of) {
  napi_value value;
  napi_create_string_latin1(env, of.data(), of.size(), &value);
  return value;
}

/** The arguments of one call; the face in TypeScript is their only caller, so a wrong one is a plain refusal. */
struct Call {
  static constexpr size_t kMost = 5;
  napi_env env;
  size_t count = kMost;
  napi_value values[kMost];

  Call(napi_env env, napi_callback_info info) : env(env) {
    napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  }
  Engine* engine() const {
    void* data = nullptr;
    napi_valuetype type = napi_undefined;
    if (count > 0) napi_typeof(env, values[0], &type);
    if (type == napi_external) napi_get_value_external(env, values[0], &data);
    auto* engine = static_cast<Engine*>(data);
    if (engine != nullptr && engine->isOpen) return engine;
    napi_throw_error(env, "closed", "the native transport is closed");
    return nullptr;
  }
  double number(size_t at) const {
    double value = 0;
    if (at < count) napi_get_value_double(env, values[at], &value);
    return value;
  }
  std::string text(size_t at) const {
    char characters[kLongestAddressBytes + 2] = {};
    size_t length = 0;
    if (at < count) napi_get_value_string_utf8(env, values[at], characters, sizeof characters, &length);
    return std::string(characters, length);
  }
};

void shutDown(Engine& engine) {
  if (!engine.isOpen) return;
  engine.isOpen = false;
  for (auto& loop : engine.loops) loop->stop();
  engine.told.clear();
  engine.loops.clear();
  engine.bound.clear();
  napi_release_threadsafe_function(engine.wake, napi_tsfn_abort);
}

void onEnvironmentExit(void* engine) { shutDown(*static_cast<Engine*>(engine)); }

void onCollected(napi_env env, void* data, void*) {
  auto* engine = static_cast<Engine*>(data);
  if (engine->isOpen) napi_remove_env_cleanup_hook(env, onEnvironmentExit, engine);
  shutDown(*engine);
  delete engine;
}

/** On a relay thread: one call a wake-up, however many reports there are. */
void wakeJavaScript(void* host, Loop& loop) {
  napi_call_threadsafe_function(static_cast<Engine*>(host)->wake, &loop, napi_tsfn_nonblocking);
}

Report kindOf(const uint8_t* report) { return static_cast<Report>(readAs<ReportHead>(report).kind); }

void noteUnlistened(Engine& engine, const uint8_t* report) {
  if (kindOf(report) != Report::Unlistened) return;
  const auto bound = engine.bound.find(readAs<OfListener>(report + sizeof(ReportHead)).listener);
  if (bound != engine.bound.end() && --bound->second.threadsLeft == 0) engine.bound.erase(bound);
}

/** On the JavaScript thread: it decides when to `take` what the loop has reported, and how much at a time. */
void tell(napi_env env, napi_value callback, void* host, void* data) {
  auto& engine = *static_cast<Engine*>(host);
  if (env == nullptr || !engine.isOpen) return;
  engine.told.push_back(static_cast<Loop*>(data));
  napi_call_function(env, undefinedValue(env), callback, 0, nullptr, nullptr);
}

/** Fetches the next loop's reports once all before them are handed over. False: there are none. */
bool hasReports(Engine& engine) {
  if (engine.handedBytes < engine.reports.size()) return true;
  engine.handedBytes = 0;
  emptyBatch(engine.reports);
  while (engine.reports.empty() && !engine.told.empty()) {
    Loop* loop = engine.told.front();
    engine.told.pop_front();
    loop->mailbox().take(engine.reports);
  }
  return !engine.reports.empty();
}

/** `open(threads, wake)`: starts the threads. */
napi_value open(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto threads = static_cast<unsigned>(call.number(0));
  if (threads < 1 || threads > kMostThreads) {
    napi_throw_range_error(env, "threads", "threads is a number from 1 to 64");
    return nullptr;
  }
  auto engine = std::make_unique<Engine>();
  engine->env = env;
  if (napi_create_threadsafe_function(env, call.values[1], nullptr, text(env, "relay"), 0, 1, nullptr, nullptr,
                                      engine.get(), tell, &engine->wake) != napi_ok)
    return nullptr;
  napi_unref_threadsafe_function(env, engine->wake);
  engine->isOpen = true;
  for (unsigned index = 0; index < threads; ++index) {
    engine->loops.push_back(std::make_unique<Loop>(index, engine->shared, wakeJavaScript, engine.get()));
    const int error = engine->loops.back()->start();
    if (error == 0) continue;
    shutDown(*engine);
    napi_throw_error(env, "thread", strerror(-error));
    return nullptr;
  }
  // After the thread-safe function, so that the threads are joined before it goes: hooks run in reverse.
  napi_add_env_cleanup_hook(env, onEnvironmentExit, engine.get());
  napi_value external;
  Engine* owned = engine.release();
  if (napi_create_external(env, owned, onCollected, nullptr, &external) != napi_ok) return nullptr;
  return external;
}

/** `keepAlive(engine, idleSeconds, intervalSeconds, probes)`: for relays from now on; accepted sockets inherit it. */
napi_value keepAlive(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  Engine* engine = call.engine();
  if (engine == nullptr) return nullptr;
  engine->shared.keepAliveIdleSeconds = static_cast<int>(call.number(1));
  engine->shared.keepAliveIntervalSeconds = static_cast<int>(call.number(2));
  engine->shared.keepAliveProbes = static_cast<int>(call.number(3));
  for (auto& [index, bound] : engine->bound) setKeepAlive(bound.fd.get(), engine->shared.keepAlive());
  return nullptr;
}

/** `listen(engine, index, address, port)`: `[address, port]`, of a Unix socket without either, or `[errno, system call]`. */
napi_value listen(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  Engine* engine = call.engine();
  if (engine == nullptr) return nullptr;
  const auto index = static_cast<uint32_t>(call.number(1));
  SocketName name;
  Endpoint endpoint{};
  Descriptor listener;
  const char* failedCall = "bind";
  int error = -EINVAL;
  if (parseSocketName(call.text(2).c_str(), static_cast<uint16_t>(call.number(3)), name))
    error = listenOn(name, engine->shared.keepAlive(), listener, failedCall);
  if (error == 0 && !localEndpoint(listener.get(), endpoint)) error = -errno;

  napi_value answer;
  napi_create_array_with_length(env, 2, &answer);
  if (error != 0) {
    napi_set_element(env, answer, 0, number(env, error));
    napi_set_element(env, answer, 1, text(env, failedCall));
    return answer;
  }
  const ListenFields fields{index, listener.get(), isWildcard(endpoint) ? 1U : 0U};
  const OrderHead head{sizeof(OrderHead) + sizeof fields, static_cast<uint8_t>(Order::Listen), 0, 0, 0};
  uint8_t order[sizeof head + sizeof fields];
  std::memcpy(order, &head, sizeof head);
  std::memcpy(order + sizeof head, &fields, sizeof fields);
  engine->bound[index] = Bound{std::move(listener), static_cast<unsigned>(engine->loops.size())};
  for (auto& loop : engine->loops) loop->mailbox().send(order, sizeof order);

  const EndpointText own = describe(endpoint);
  napi_set_element(env, answer, 0, text(env, std::string(own.address, own.length)));
  napi_set_element(env, answer, 1, number(env, own.port));
  return answer;
}

/**
 * `take(engine, into)`: as many whole reports as fit; how many bytes they are, 0 where there are none. Where not even
 * the next one fits: minus its length.
 */
napi_value take(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  Engine* engine = call.engine();
  if (engine == nullptr) return nullptr;
  void* memory = nullptr;
  size_t room = 0;
  napi_get_arraybuffer_info(env, call.values[1], &memory, &room);
  if (!hasReports(*engine)) return number(env, 0);
  const uint8_t* reports = engine->reports.data() + engine->handedBytes;
  const size_t left = engine->reports.size() - engine->handedBytes;
  size_t bytes = 0;
  int newcomers = 0;
  while (bytes < left) {
    const uint8_t* report = reports + bytes;
    const size_t length = readAs<ReportHead>(report).length;
    if (bytes + length > room) break;
    if (kindOf(report) == Report::Accepted) ++newcomers;
    noteUnlistened(*engine, report);
    bytes += length;
  }
  if (bytes == 0) return number(env, -static_cast<double>(readAs<ReportHead>(reports).length));
  std::memcpy(memory, reports, bytes);
  engine->handedBytes += bytes;
  engine->shared.untold.fetch_sub(newcomers, std::memory_order_relaxed);
  return number(env, static_cast<double>(bytes));
}

/** `send(engine, thread, orders, bytes)`: a batch of whole order records. */
napi_value send(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  Engine* engine = call.engine();
  if (engine == nullptr) return nullptr;
  const auto thread = static_cast<size_t>(call.number(1));
  void* memory = nullptr;
  size_t bytes = 0;
  napi_get_arraybuffer_info(env, call.values[2], &memory, &bytes);
  const auto used = static_cast<size_t>(call.number(3));
  if (memory != nullptr && used <= bytes && thread < engine->loops.size())
    engine->loops[thread]->mailbox().send(static_cast<uint8_t*>(memory), used);
  return nullptr;
}

/** `counters(engine, id, thread, into)`: writes bytes in and out; false when the connection is gone. */
napi_value counters(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  Engine* engine = call.engine();
  if (engine == nullptr) return nullptr;
  const auto thread = static_cast<size_t>(call.number(2));
  void* memory = nullptr;
  size_t bytes = 0;
  napi_get_arraybuffer_info(env, call.values[3], &memory, &bytes);
  const Counters* found =
      thread < engine->loops.size() ? engine->loops[thread]->counters(static_cast<uint64_t>(call.number(1))) : nullptr;
  if (found != nullptr && bytes >= 2 * sizeof(double)) {
    static_cast<double*>(memory)[0] = static_cast<double>(found->bytesIn.load(std::memory_order_relaxed));
    static_cast<double*>(memory)[1] = static_cast<double>(found->bytesOut.load(std::memory_order_relaxed));
  }
  napi_value isThere;
  napi_get_boolean(env, found != nullptr, &isThere);
  return isThere;
}

/** `hold(engine, isBusy)`: whether the process stays for this transport. */
napi_value hold(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  Engine* engine = call.engine();
  if (engine == nullptr) return nullptr;
  bool isBusy = false;
  napi_get_value_bool(env, call.values[1], &isBusy);
  if (isBusy) napi_ref_threadsafe_function(env, engine->wake);
  else napi_unref_threadsafe_function(env, engine->wake);
  return nullptr;
}

/** `close(engine)`: ends the threads and closes every descriptor that is left. */
napi_value close(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  Engine* engine = call.engine();
  if (engine == nullptr) return nullptr;
  napi_remove_env_cleanup_hook(env, onEnvironmentExit, engine);
  shutDown(*engine);
  return nullptr;
}

napi_value now(napi_env env, napi_callback_info) { return number(env, monotonicMs()); }

/**
 * `cfb8(key, bytes, isDecrypting, isPlain, pieceBytes)`: ciphers in place, piece by piece, as a connection would. Tests hold
 * both forms against OpenSSL with it.
 */
napi_value cfb8(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  void* key = nullptr;
  void* memory = nullptr;
  size_t keyBytes = 0;
  size_t count = 0;
  bool isDecrypting = false;
  bool isPlain = false;
  napi_get_arraybuffer_info(env, call.values[0], &key, &keyBytes);
  napi_get_arraybuffer_info(env, call.values[1], &memory, &count);
  napi_get_value_bool(env, call.values[2], &isDecrypting);
  napi_get_value_bool(env, call.values[3], &isPlain);
  const auto pieceBytes = static_cast<size_t>(call.number(4));
  if (keyBytes != kCipherKeyBytes || pieceBytes == 0) return nullptr;
  Cipher cipher(static_cast<uint8_t*>(key), isPlain ? CipherForm::Plain : bestCipherForm());
  auto* bytes = static_cast<uint8_t*>(memory);
  for (size_t at = 0; at < count; at += pieceBytes)
    cipher.pass(isDecrypting, bytes + at, std::min(pieceBytes, count - at));
  return nullptr;
}

/**
 * `cfb8Together(keys, bytes, counts, isPlain)`: enciphers pieces of several streams in place, which stand one behind the
 * other, with their keys and 32-bit lengths. For tests.
 */
napi_value cfb8Together(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  void* keys = nullptr;
  void* memory = nullptr;
  void* lengths = nullptr;
  size_t keysBytes = 0;
  size_t left = 0;
  size_t lengthsBytes = 0;
  bool isPlain = false;
  napi_get_arraybuffer_info(env, call.values[0], &keys, &keysBytes);
  napi_get_arraybuffer_info(env, call.values[1], &memory, &left);
  napi_get_arraybuffer_info(env, call.values[2], &lengths, &lengthsBytes);
  napi_get_value_bool(env, call.values[3], &isPlain);
  const size_t streams = keysBytes / kCipherKeyBytes;
  if (streams > kEncipheredTogether || lengthsBytes != streams * sizeof(uint32_t)) return nullptr;
  const CipherForm form = isPlain ? CipherForm::Plain : bestCipherForm();
  std::unique_ptr<Cipher> ciphers[kEncipheredTogether];
  Enciphering pieces[kEncipheredTogether];
  auto* bytes = static_cast<uint8_t*>(memory);
  for (size_t each = 0; each < streams; ++each) {
    const size_t count = std::min<size_t>(static_cast<uint32_t*>(lengths)[each], left);
    ciphers[each] = std::make_unique<Cipher>(static_cast<uint8_t*>(keys) + each * kCipherKeyBytes, form);
    pieces[each] = {ciphers[each].get(), bytes, count};
    bytes += count;
    left -= count;
  }
  encryptTogether(pieces, streams);
  return nullptr;
}

napi_value initialise(napi_env env, napi_value exports) {
  const napi_property_attributes plain = napi_enumerable;
  const napi_property_descriptor functions[] = {
      {"open", nullptr, open, nullptr, nullptr, nullptr, plain, nullptr},
      {"keepAlive", nullptr, keepAlive, nullptr, nullptr, nullptr, plain, nullptr},
      {"listen", nullptr, listen, nullptr, nullptr, nullptr, plain, nullptr},
      {"take", nullptr, take, nullptr, nullptr, nullptr, plain, nullptr},
      {"send", nullptr, send, nullptr, nullptr, nullptr, plain, nullptr},
      {"counters", nullptr, counters, nullptr, nullptr, nullptr, plain, nullptr},
      {"hold", nullptr, hold, nullptr, nullptr, nullptr, plain, nullptr},
      {"close", nullptr, close, nullptr, nullptr, nullptr, plain, nullptr},
      {"cfb8", nullptr, cfb8, nullptr, nullptr, nullptr, plain, nullptr},
      {"cfb8Together", nullptr, cfb8Together, nullptr, nullptr, nullptr, plain, nullptr},
      {"now", nullptr, now, nullptr, nullptr, nullptr, plain, nullptr},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}

}  // namespace

NAPI_MODULE(transport, initialise)

}  // namespace infrarust
