// Learns which servers have a class of traffic by their names, and makes the
// table of them for the packet path.
//
// Units    time of any steady clock, passed in; TTLs in seconds.
// Shape    at most `capacity` pairs of a client and a server whose newest name
//          has a class; when it is full, the one that was learned or seen in
//          the traffic longest ago is forgotten. Besides, of at most
//          kPlainTimes as many servers it is known that they have a name
//          without a class. A pair is kept for its TTL, within the limits
//          below, and as long as it has traffic. A server has a class for all
//          clients if all of its names that are known have this class; else its
//          pairs have theirs (server_classes.h).
// Threads  any; locks itself.
// Errors   none.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "ntm/flow/class_id.h"
#include "ntm/flow/server_classes.h"
#include "ntm/net/host_names.h"

namespace ntm::names {

class ClassServers {
 public:
  using Time = std::chrono::nanoseconds;

  static constexpr size_t kDefaultCapacity = 4096;
  static constexpr size_t kPlainTimes = 4;
  // The limits of TTLs, and the time without traffic until a pair is
  // forgotten.
  static constexpr std::chrono::seconds kMinTtl{300};
  static constexpr std::chrono::seconds kMaxTtl{86400};
  static constexpr std::chrono::seconds kKeptUnseen{300};
  static constexpr std::chrono::seconds kSweepInterval{10};

  explicit ClassServers(size_t capacity = kDefaultCapacity)
      : capacity_(capacity) {}

  // A client learned a name of the server: one of this class, or of kNoClass.
  void Learn(const Address& client, const Address& server,
             ClassId traffic_class, int64_t ttl_seconds, Time now);

  // The table of all pairs, null if there is none; the same object until
  // something changes.
  std::shared_ptr<const ServerClasses> Table(Time now);

  struct Counts {
    size_t pairs = 0;
    uint64_t forgotten_pairs = 0;  // for lack of room
    uint64_t forgotten_plain = 0;
  };
  Counts counts() const;

 private:
  struct Pair {
    ClientHost pair;
    ClassId traffic_class = kNoClass;
    Time until{0};
  };
  using Pairs = std::list<Pair>;  // the one learned or seen last first
  struct Plain {
    Address server;
    Time until{0};
  };
  using Plains = std::list<Plain>;

  void LearnPair(const ClientHost& pair, ClassId traffic_class, Time until);
  void LearnPlain(const ClientHost& pair, Time until);
  void Erase(Pairs::iterator pair);
  void Erase(Plains::iterator plain);
  void Sweep(Time now);
  void NoteSeen(Time now);
  std::shared_ptr<const ServerClasses> Make() const;

  const size_t capacity_;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  Pairs pairs_;
  std::unordered_map<ClientHost, Pairs::iterator, ClientHostHash> pair_index_;
  std::unordered_map<Address, size_t, AddressHash> pairs_of_;  // per server
  Plains plains_;
  std::unordered_map<Address, Plains::iterator, AddressHash> plain_index_;
  Counts counts_;  // `pairs` is not used
  bool is_stale_ = false;
  Time sweep_at_{0};
  std::shared_ptr<const ServerClasses> table_;
};

}  // namespace ntm::names
