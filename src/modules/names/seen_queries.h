// Believes a DNS answer seen on the wire only if its question was seen as well.
//
// An answer must come from where the question went, go where it came from (both
// addresses and ports) and repeat its id, name and type. Each question is
// answered once, within kPatience.
//
// Units    time of any steady clock.
// Shape    at most kCapacity questions wait; the oldest gives way.
// Threads  not synchronised.
// Errors   none; what is not believed gives no names.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>

#include "dns_message.h"
#include "ntm/net/dns_listener.h"

namespace ntm::names {

class SeenQueries {
 public:
  using Time = std::chrono::nanoseconds;
  static constexpr size_t kCapacity = 1024;
  static constexpr std::chrono::seconds kPatience{10};

  // Takes a datagram that has just been seen. Returns the message iff it is an
  // answer, without error, to a question that waits.
  std::optional<DnsMessage> Hear(const DnsDatagram& datagram, Time now);

  size_t size() const noexcept { return waiting_.size(); }

 private:
  struct Query {
    Address client;
    Address server;
    uint16_t client_port;
    uint16_t server_port;
    uint16_t id;
    uint16_t type;
    std::string name;
    Time seen_at;
  };

  void Remember(const DnsDatagram& datagram, DnsMessage query, Time now);
  // Takes the question of this answer away; returns false if there is none.
  bool Settle(const DnsDatagram& datagram, const DnsMessage& answer);

  std::list<Query> waiting_;  // the newest first
};

}  // namespace ntm::names
