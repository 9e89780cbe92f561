// The names of hosts, from every source, and which addresses to ask about.
//
// Units    time of any steady clock, handed in; TTLs in seconds.
// Shape    one line per address that is in a series (its need is told by every
//          tick) or that a seen answer spoke of, at most `capacity`; the least
//          recently needed line gives way, but never one that the latest
//          snapshot needs. Names of files (static, dhcp) are kept beside them,
//          as large as the files are. The most trusted source's name is told.
//          A PTR name stands until a new answer comes, which is asked for when
//          its TTL is over; an absence is remembered for its TTL as well. A
//          name seen on the wire stands while its address is needed, and the
//          newest is told. Of more than kMostNames at once the registrable
//          domain that all share is, or nothing: many names share an address
//          of a CDN. What each client asked for is kept where it is wanted,
//          the latest `capacity` of them. Three names per line on the mean are
//          kept at most.
// Threads  every function by any thread at any time, under a lock of its own.
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
  // What TTLs are clamped to.
  static constexpr std::chrono::seconds kMinTtl{300};
  static constexpr std::chrono::seconds kMaxTtl{86400};
  static constexpr std::chrono::seconds kMinAbsence{60};
  static constexpr std::chrono::seconds kMaxAbsence{3600};
  // Until a question that nobody answered is asked again.
  static constexpr std::chrono::seconds kRetryAfter{60};

  // Seen names of one address at once.
  static constexpr size_t kMostNames = 8;

  explicit NameTable(size_t capacity = kDefaultCapacity)
      : capacity_(capacity) {}

  // From here on the name that a client asked for is told for that client.
  void KeepClients() { keeps_clients_ = true; }

  // Replaces all names of the source, which is kStatic or kDhcp.
  void Replace(NameSource source, FoundNames names);

  // The addresses of one snapshot, each once.
  void Need(const std::vector<Address>& addresses, Time now);

  // The next address to ask reverse DNS about; local ones come first. It is
  // asked about again only when one of the three below has been called.
  std::optional<Address> NextQuestion();
  void LearnPtr(const Address& address, std::string name, uint32_t ttl_seconds,
                Time now);
  void LearnAbsence(const Address& address, uint32_t ttl_seconds, Time now);
  void LearnFailure(const Address& address, Time now);

  struct SeenName {
    std::string name;
    std::string domain;  // its registrable one
    Time until{0};
  };
  // `client` is who asked.
  void LearnSeen(const Address& client, const Address& address, SeenName seen,
                 uint32_t ttl_seconds, Time now);

  // The same object until something has changed.
  std::shared_ptr<const HostNames> Names() const;

  size_t size() const;  // lines, files not counted
  size_t seen_names() const;

 private:
  enum class Asking : uint8_t { kNo, kQueued, kAsked };

  struct Entry {
    Address address;
    uint64_t needed_by = 0;  // number of the latest snapshot that has it
    Asking asking = Asking::kNo;
    Time ask_again_at = Time::min();
    std::string ptr;             // "" for none
    std::vector<SeenName> seen;  // the newest first
    // More than kMostNames: of all of them, with their shared domain or "".
    std::optional<SeenName> crowd;

    const std::string& SeenText() const;
  };
  using Entries = std::list<Entry>;  // the most recently needed first
  struct Asked {
    ClientHost pair;
    std::string name;
  };
  using AskedList = std::list<Asked>;  // the latest first

  void MarkNeeded(Entry* entry, Time now);
  // The address' line, now the most recent; nullptr if there is no room.
  Entry* Touch(const Address& address);
  Entry* Find(const Address& address);
  void Answered(Entry* entry, Time ask_again_at);
  void TakeSeen(SeenName seen, Time now, Entry* entry);
  void DropSeen(Entry* entry);
  void DropStale(Entry* entry, Time now);
  // Returns whether it is news.
  bool TakeAsked(const ClientHost& pair, std::string name);
  HostNames::ClientMap OfClients(const HostNames::Map& best) const;
  bool IsNamedByFile(const Address& address) const;
  void Assign(std::string* name, std::string value);

  size_t capacity_;
  bool keeps_clients_ = false;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  Entries entries_;
  std::unordered_map<Address, Entries::iterator, AddressHash> index_;
  size_t seen_names_ = 0;  // of all entries
  AskedList asked_;
  std::unordered_map<ClientHost, AskedList::iterator, ClientHostHash>
      asked_index_;
  std::deque<Address> questions_;
  FoundNames static_;
  FoundNames dhcp_;
  uint64_t snapshots_ = 0;
  mutable std::shared_ptr<const HostNames> names_;  // null: to be made anew
};

}  // namespace ntm::names
