// Determines the service and the traffic class of a packet, including later
// fragments.
//
// Where the server's name gives a class, it counts instead of the ports.
//
// Shape    a fixed, direct-mapped cache of recent first fragments; a new one
//          overwrites an old one. No state is kept per conversation.
// Threads  not synchronised; used by the capture thread only.
// Errors   noexcept; allocates only in the constructor.
// Source   RFC 791 section 3.2 and RFC 8200 section 4.5: a datagram's fragments
//          share source, destination, identification and (IPv4) protocol.
#pragma once

#include <memory>
#include <vector>

#include "ntm/decode/packet.h"
#include "ntm/flow/server_classes.h"
#include "ntm/flow/traffic_class.h"
#include "ntm/net/services.h"

namespace ntm {

struct Classes {
  ServiceId service = kNoService;
  ClassId traffic_class = kNoClass;
};

class Classifier {
 public:
  // If one is null, that part of the result is always "none".
  Classifier(std::shared_ptr<const Services> services,
             std::shared_ptr<const TrafficClasses> traffic_classes);

  // Without names, only the test of a pointer is added to the packet path.
  Classes Classify(const Packet& packet) noexcept {
    return servers_ == nullptr ? ClassifyByPorts(packet)
                               : ClassifyByName(packet);
  }

  // Null: no name gives a class. Must live until the next call. REQUIRES: there
  // are traffic classes.
  void set_servers(const ServerClasses* servers) noexcept {
    servers_ = servers;
  }

 private:
  struct Fragment {
    uint64_t datagram = 0;  // hash of the fields that its fragments share
    Classes classes;
  };

  Classes OfPorts(const Packet& packet) const noexcept;
  Classes ClassifyByPorts(const Packet& packet) noexcept;
  Classes ClassifyByName(const Packet& packet) noexcept;
  void Remember(const Packet& first_fragment, const Classes& classes) noexcept;

  std::shared_ptr<const Services> services_;
  std::shared_ptr<const TrafficClasses> traffic_classes_;
  const ServerClasses* servers_ = nullptr;
  std::vector<Fragment> recent_fragments_;
};

}  // namespace ntm
