// Says which service and class a packet belongs to, later fragments included.
//
// Shape    a fixed, direct-mapped memory of recent first fragments; the newest
//          takes the slot. Nothing is kept per conversation.
// Threads  not synchronised; one writer (the capture thread).
// Errors   noexcept; allocates only in the constructor.
// Source   RFC 791 section 3.2 and RFC 8200 section 4.5: a datagram's fragments
//          share source, destination, identification and (IPv4) protocol.
#pragma once

#include <memory>
#include <vector>

#include "ntm/decode/packet.h"
#include "ntm/flow/traffic_class.h"
#include "ntm/net/services.h"

namespace ntm {

struct Classes {
  ServiceId service = kNoService;
  ClassId traffic_class = kNoClass;
};

class Classifier {
 public:
  // Null: that half of the answer is never asked for, and stays "none".
  Classifier(std::shared_ptr<const Services> services,
             std::shared_ptr<const TrafficClasses> traffic_classes);

  Classes Classify(const Packet& packet) noexcept;

 private:
  struct Fragment {
    uint64_t datagram = 0;  // hash of what its fragments share
    Classes classes;
  };

  Classes OfPorts(const Packet& packet) const noexcept;

  std::shared_ptr<const Services> services_;
  std::shared_ptr<const TrafficClasses> traffic_classes_;
  std::vector<Fragment> recent_fragments_;
};

}  // namespace ntm
