// Holds the names of hosts from every source, and the queue of addresses to
// look up.
//
// Units    time of any steady clock, passed in; TTLs in seconds.
// Shape    one entry per address that is in a series (every tick reports these
//          with Need()) or in a captured DNS answer, at most `capacity`; the
//          least recently needed entry is evicted, but never one that the
//          latest snapshot needs. Names from files (static, dhcp) are kept
//          separately and are not limited. If several sources have a name, the
//          most trusted one is used. A PTR name is valid until the next answer,
//          which is requested when its TTL is over; negative answers are cached
//          for their TTL too. A name from a captured answer or handshake is
//          valid while its address is needed, and the newest is used (a
//          handshake with a name that is there already makes it no newer). If
//          an address has more than kMostNames of them, their common
//          registrable domain is used, or no name, since many names share an
//          address of a CDN. The names by which each client called a host are
//          kept on request, the latest kMostOfClients of them. Without those
//          there are at most three names per entry on average.
// Threads  any; locks itself.
// Errors   none.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "hosts_file.h"
#include "ntm/net/host_names.h"

namespace ntm::names {

class NameTable {
 public:
  // Of the steady clock.
  using Time = std::chrono::nanoseconds;
  static Time Now() {
    return std::chrono::steady_clock::now().time_since_epoch();
  }

  static constexpr size_t kDefaultCapacity = 65536;
  // The limits of TTLs.
  static constexpr std::chrono::seconds kMinTtl{300};
  static constexpr std::chrono::seconds kMaxTtl{86400};
  static constexpr std::chrono::seconds kMinAbsence{60};
  static constexpr std::chrono::seconds kMaxAbsence{3600};
  // The time until a failed query is repeated.
  static constexpr std::chrono::seconds kRetryAfter{60};

  // Captured names of one address.
  static constexpr size_t kMostNames = 8;
  // Names by which clients called hosts, at most `capacity`.
  static constexpr size_t kMostOfClients = 16384;

  explicit NameTable(size_t capacity = kDefaultCapacity)
      : capacity_(capacity) {}

  // From now on also keeps the name by which each client called a host.
  void KeepClients() { keeps_clients_ = true; }
  // From now on has at most so many entries.
  void KeepAtMost(size_t entries) { capacity_ = entries; }
  // From now on nothing is to be looked up.
  void AskNothing() { asks_ = false; }

  // Replaces all names of the source, which is kStatic or kDhcp.
  void Replace(NameSource source, FoundNames names);

  // Reports the addresses in a snapshot, each once.
  void Need(const std::vector<Address>& addresses, Time now);

  // The next address to look up by reverse DNS; local ones come first. It is
  // not returned again before one of the three functions below was called.
  std::optional<Address> NextQuestion();
  void LearnPtr(const Address& address, std::string name, uint32_t ttl_seconds,
                Time now);
  void LearnAbsence(const Address& address, uint32_t ttl_seconds, Time now);
  void LearnFailure(const Address& address, Time now);

  struct SeenName {
    std::string name;
    std::string domain;  // its registrable domain
    Time until{0};
    NameSource source = NameSource::kDns;
  };
  // A name from a captured answer to `client`, or from its handshake.
  void LearnSeen(const Address& client, const Address& address, SeenName seen,
                 uint32_t ttl_seconds, Time now);

  // Returns the same object until a name changes.
  std::shared_ptr<const HostNames> Names() const;

  size_t size() const;  // entries, without those from files
  size_t seen_names() const;
  // Names of clients for which there was no room any more.
  uint64_t forgotten_of_clients() const;

 private:
  enum class Asking : uint8_t { kNo, kQueued, kAsked };

  struct Entry {
    Address address;
    uint64_t needed_by = 0;  // number of the latest snapshot with it
    Asking asking = Asking::kNo;
    Time ask_again_at = Time::min();
    std::string ptr;             // "" for none
    std::vector<SeenName> seen;  // the newest first
    // Set after more than kMostNames names, with their common domain or "".
    std::optional<SeenName> crowd;

    const std::string& SeenText() const;
    NameSource SeenSource() const;
  };
  using Entries = std::list<Entry>;  // the most recently needed first
  struct Asked {
    ClientHost pair;
    std::string name;
  };
  using AskedList = std::list<Asked>;  // the latest first

  void MarkNeeded(Entry* entry, Time now);
  // The entry of the address, now the most recent; nullptr if there is no room.
  Entry* Touch(const Address& address);
  Entry* Find(const Address& address);
  void Answered(Entry* entry, Time ask_again_at);
  void TakeSeen(SeenName seen, Time now, Entry* entry);
  void DropSeen(Entry* entry);
  void DropStale(Entry* entry, Time now);
  // Returns true iff it is a new pair or a new name.
  bool TakeAsked(const ClientHost& pair, std::string name);
  HostNames::ClientMap OfClients(const HostNames::Map& best) const;
  bool IsNamedByFile(const Address& address) const;
  void Assign(std::string* name, std::string value);

  size_t capacity_;
  bool keeps_clients_ = false;
  bool asks_ = true;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  Entries entries_;
  std::unordered_map<Address, Entries::iterator, AddressHash> index_;
  size_t seen_names_ = 0;  // of all entries
  AskedList asked_;
  std::unordered_map<ClientHost, AskedList::iterator, ClientHostHash>
      asked_index_;
  uint64_t forgotten_ = 0;  // of asked_
  std::deque<Address> questions_;
  FoundNames static_;
  FoundNames dhcp_;
  uint64_t snapshots_ = 0;
  mutable std::shared_ptr<const HostNames> names_;  // null: to be rebuilt
};

}  // namespace ntm::names
