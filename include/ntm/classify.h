// Says which service a packet belongs to, later fragments included.
//
// Shape    a fixed, direct-mapped memory of recent first fragments; the newest
//          wins its place. Nothing is kept per conversation.
// Threads  not synchronised; one writer (the capture thread).
// Errors   noexcept; allocates only in the constructor.
// Source   RFC 791 section 3.2 and RFC 8200 section 4.5: a datagram's fragments
//          share source, destination, identification and (IPv4) protocol.
#pragma once

#include <memory>
#include <vector>

#include "ntm/packet.h"
#include "ntm/services.h"

namespace ntm {

class Classifier {
 public:
  explicit Classifier(std::shared_ptr<const Services> services);

  ServiceId Service(const Packet& packet) noexcept;

  const Services& services() const noexcept { return *services_; }

 private:
  struct Fragment {
    uint64_t datagram = 0;  // hash of what its fragments share
    ServiceId service = kNoService;
  };

  std::shared_ptr<const Services> services_;
  std::vector<Fragment> recent_fragments_;
};

}  // namespace ntm
