// The classes of traffic of servers whose names are known, for the packet path.
//
// A name is known for a client's questions, but the address in them need not be
// that of the client's packets: it may be that of a forwarder, or IPv4 where
// the packets are IPv6. So a server's address has a class for all clients if
// all of its names have that class. If they differ, as at an address of a CDN,
// only the clients that are listed for it have one.
//
// Shape    a bit for each server's address in a filter that fits the CPU's
//          cache, which is all that most packets need; behind it an
//          open-addressing hash table.
// Threads  immutable after construction, except for what was seen, which any
//          thread may note.
// Errors   Find() is noexcept and does not allocate.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "ntm/decode/packet.h"
#include "ntm/flow/class_id.h"
#include "ntm/net/address.h"

namespace ntm {

class ServerClasses {
 public:
  struct Rule {
    Address server;
    Address client;  // kNone: every client without a rule of its own
    ClassId traffic_class = kNoClass;
  };

  // REQUIRES: a server with rules for clients also has one for every client,
  // which may be kNoClass; no two rules have the same server and client.
  explicit ServerClasses(std::span<const Rule> rules);

  // The class of the packet's server, whichever side that is; kNoClass if no
  // name gives one. Both directions have the same. REQUIRES: has_ports.
  ClassId Find(const Packet& packet) const noexcept {
    if ((MayKnow(packet.src) | MayKnow(packet.dst)) == 0) [[likely]] {
      return kNoClass;
    }
    return FindKnown(packet);
  }

  // Calls `use` with each rule that decided about a packet since the last call.
  template <typename Use>
  void TakeSeen(const Use& use) const {
    for (const Entry& entry : entries_) {
      if (entry.seen.load(std::memory_order_relaxed) &&
          entry.seen.exchange(false, std::memory_order_relaxed)) {
        use(entry.rule);
      }
    }
  }

 private:
  struct Entry {
    Rule rule;  // an empty one has no server
    mutable std::atomic<bool> seen = false;
  };

  // Random odd factors, so that nobody can choose addresses that collide. The
  // second product spreads addresses that differ in a few bits only. The upper
  // bits are the best.
  uint64_t HashOf(const Address& address) const noexcept {
    uint64_t words[2];
    std::memcpy(words, address.bytes.data(), sizeof words);
    const uint64_t sum = words[0] * factors_[0] + words[1] * factors_[1];
    return (sum ^ sum >> 32) * factors_[0];
  }
  uint64_t MayKnow(const Address& address) const noexcept {
    const uint64_t bit = HashOf(address) >> filter_shift_;
    return filter_[bit / 64] >> bit % 64 & 1U;
  }

  ClassId FindKnown(const Packet& packet) const noexcept;
  ClassId ClassOf(const Address& server, const Address& client) const noexcept;
  // The rule's entry, or the empty one where it would be inserted.
  const Entry& SlotOf(const Address& server,
                      const Address& client) const noexcept;

  // Constant after construction.
  uint64_t factors_[2];
  unsigned filter_shift_;
  std::vector<uint64_t> filter_;
  size_t mask_;
  std::vector<Entry> entries_;
};

}  // namespace ntm
