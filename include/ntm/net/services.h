// Maps protocols and ports to service names, from a services(5) file.
//
// Shape    a name has a small id; id 0 is "no name" (""). After NumberPorts() a
//          port without a name has its number as a name, whose id is computed
//          from the number. A port lookup is one array access.
// Threads  immutable after construction; share freely.
// Errors   FromFile() throws ntm::Error if the file cannot be read, both throw
//          for too many names. A line that is not in services(5) format, or
//          whose name is too long for a label, is skipped and counted. A byte
//          order mark is ignored.
// Source   services(5): name port/protocol [alias …] [# comment].
#pragma once

#include <array>
#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "ntm/net/protocol.h"

namespace ntm {

using ServiceId = uint16_t;
inline constexpr ServiceId kNoService = 0;

// The upper half of the ids is for services that are a port's number: this one
// plus the port. No service is port 0, so this one itself is free for "other":
// the services that are more than PortNames (flow) admits.
inline constexpr ServiceId kOtherService = 0x8000;
constexpr bool IsPortNumber(ServiceId id) noexcept {
  return id > kOtherService;
}

class Services {
 public:
  // Ports from here on are ephemeral (Linux's default ip_local_port_range) and
  // never get a service name.
  static constexpr uint32_t kFirstEphemeralPort = 32768;

  static constexpr size_t kMaxNameBytes = 64;
  static constexpr size_t kMaxNames = kOtherService - 1;

  Services() = default;  // without names
  static Services FromFile(const std::string& path);
  static Services FromStream(std::istream& lines);

  // From now on the service of a port without a name is its number. Not that of
  // ephemeral ports and of port 0, which in UDP means "none" (RFC 768). To be
  // called before this object is shared.
  void NumberPorts();

  // The service of this port; kNoService if it has no name, or if the protocol
  // has no ports (those with ports: TCP, UDP, UDP-Lite as UDP, SCTP, DCCP).
  ServiceId Find(Protocol protocol, uint16_t port) const noexcept;

  // The service of a conversation, the same in both directions: that of the
  // port with a name. If both have one: a system port (< 1024) wins over a
  // registered one (RFC 6335 section 6), then the lower port. If none has one,
  // the lower port that has a number.
  ServiceId OfConversation(Protocol protocol, uint16_t port_a,
                           uint16_t port_b) const noexcept;

  // The first name in its line, not an alias; "8443" for a number; "" for
  // kNoService. REQUIRES: id came from this object, or is kOtherService.
  std::string Name(ServiceId id) const;

  size_t name_count() const noexcept { return names_.size() - 1; }
  bool is_empty() const noexcept { return name_count() == 0; }
  size_t skipped_lines() const noexcept { return skipped_lines_; }
  // Line number from 1; 0 if no line was skipped.
  size_t first_skipped_line() const noexcept { return first_skipped_line_; }

 private:
  // Indexed by transport (tcp, udp, sctp, dccp, none), then by port. The last
  // one is kNoService and stands for all ports from there on: to look a packet
  // up takes no branch.
  using Ports = std::vector<ServiceId>;
  std::array<Ports, 5> by_port_{Ports{kNoService}, Ports{kNoService},
                                Ports{kNoService}, Ports{kNoService},
                                Ports{kNoService}};
  std::vector<std::string> names_{std::string()};
  size_t skipped_lines_ = 0;
  size_t first_skipped_line_ = 0;
};

}  // namespace ntm
