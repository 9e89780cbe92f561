// Accepts a captured DNS answer only if its query was captured as well. The
// addresses and ports of the answer must be those of the query with source and
// destination exchanged, and its id, name and type must match. Each query
// accepts one answer, within kPatience.
//
// Units    time of any steady clock.
// Shape    at most kCapacity pending queries; beyond that the oldest is
//          dropped.
// Threads  not synchronised.
// Errors   none; other answers are ignored.
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

  // Takes a captured datagram. Returns the message iff it is an answer, without
  // error, to a pending query.
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
  // Removes the query of this answer; returns false if there is none.
  bool Settle(const DnsDatagram& datagram, const DnsMessage& answer);

  std::list<Query> waiting_;  // the newest first
};

}  // namespace ntm::names
