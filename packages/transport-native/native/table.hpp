#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <vector>

#include "connection.hpp"

namespace infrarust {

/** Ids are whole numbers in JavaScript, which are exact up to 53 bits. */
constexpr uint32_t kLastGeneration = (uint64_t{1} << (53 - kSlotBits - kThreadBits)) - 1;

/**
 * The connections of one thread. Pages are never freed, so that live counters can be read from another thread at any
 * time: the generation tells whose they are. The price is that memory stays at its high-water mark.
 */
class Table {
 public:
  explicit Table(unsigned thread) : thread_(thread) {}
  ~Table() {
    for (uint32_t page = 0; page < pageCount_; ++page) delete pages_[page].load();
  }

  /** nullptr when every slot is in use. */
  Connection* take() {
    if (free_.empty() && !addPage()) return nullptr;
    Connection& connection = at(free_.back());
    free_.pop_back();
    Counters& counters = *connection.counters;
    counters.bytesIn.store(0, std::memory_order_relaxed);
    counters.bytesOut.store(0, std::memory_order_relaxed);
    const uint32_t generation = counters.generation.load(std::memory_order_relaxed) + 1;
    counters.generation.store(generation, std::memory_order_release);
    connection.id = (uint64_t{generation} << (kSlotBits + kThreadBits)) | (uint64_t{thread_} << kSlotBits) | connection.slot;
    connection.isUsed = true;
    return &connection;
  }

  /** Makes the slot as new. A slot whose generations are used up is retired: no id comes twice. */
  void release(Connection& connection) {
    const uint32_t slot = connection.slot;
    Counters* counters = connection.counters;
    connection = Connection{};
    connection.slot = slot;
    connection.counters = counters;
    if (counters->generation.load(std::memory_order_relaxed) < kLastGeneration) free_.push_back(slot);
  }

  /** The connection of this id, nullptr where it is gone. */
  Connection* find(uint64_t id) {
    const uint32_t slot = slotOf(id);
    if (slot >= pageCount_ * kPage) return nullptr;
    Connection& connection = at(slot);
    return connection.isUsed && connection.id == id ? &connection : nullptr;
  }

  /** Any thread: the counters of this id, nullptr where it is gone. */
  const Counters* peek(uint64_t id) const {
    const uint32_t slot = slotOf(id);
    const Page* page = pages_[slot / kPage].load(std::memory_order_acquire);
    if (page == nullptr) return nullptr;
    const Counters& counters = page->counters[slot % kPage];
    return counters.generation.load(std::memory_order_acquire) == id >> (kSlotBits + kThreadBits) ? &counters : nullptr;
  }

  template <typename Visit>
  void each(Visit visit) {
    for (uint32_t slot = 0; slot < pageCount_ * kPage; ++slot)
      if (at(slot).isUsed) visit(at(slot));
  }

 private:
  static constexpr uint32_t kPage = 64;

  struct Page {
    Counters counters[kPage];
    Connection connections[kPage];
  };

  static uint32_t slotOf(uint64_t id) { return static_cast<uint32_t>(id) & ((1U << kSlotBits) - 1); }

  Connection& at(uint32_t slot) {
    return pages_[slot / kPage].load(std::memory_order_relaxed)->connections[slot % kPage];
  }

  bool addPage() {
    if (pageCount_ == pages_.size()) return false;
    auto* page = new Page;
    for (uint32_t place = kPage; place-- > 0;) {
      page->connections[place].slot = pageCount_ * kPage + place;
      page->connections[place].counters = &page->counters[place];
      free_.push_back(page->connections[place].slot);
    }
    pages_[pageCount_++].store(page, std::memory_order_release);
    return true;
  }

  unsigned thread_;
  uint32_t pageCount_ = 0;
  std::array<std::atomic<Page*>, (1U << kSlotBits) / kPage> pages_{};
  std::vector<uint32_t> free_;
};

}  // namespace infrarust
