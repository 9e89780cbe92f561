// Service names by protocol and port, as services(5) lists them.
//
// Shape    a name has a small id; id 0 is "no name" (""). Looking up a port is
//          one array access per protocol.
// Threads  immutable after construction; share freely.
// Errors   the constructors throw ntm::Error (unreadable file); a line that is
//          not services(5), or whose name is too long for a label, is skipped
//          and counted. A byte order mark is no part of the first line.
// Source   services(5): name port/protocol [alias …] [# comment].
#pragma once

#include <array>
#include <cstdint>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "ntm/net/protocol.h"

namespace ntm {

using ServiceId = uint16_t;
inline constexpr ServiceId kNoService = 0;

class Services {
 public:
  // Ports at or above this lie in the ephemeral range (RFC 6335, Linux' own
  // ip_local_port_range) and never name a service.
  static constexpr uint32_t kFirstEphemeralPort = 32768;

  static constexpr size_t kMaxNameBytes = 64;

  Services() = default;  // knows no name
  static Services FromFile(const std::string& path);
  static Services FromStream(std::istream& lines);

  // The name of this port for this protocol; kNoService if it has none. TCP,
  // UDP, UDP-Lite (as UDP), SCTP and DCCP have ports; others never a name.
  ServiceId Find(Protocol protocol, uint16_t port) const noexcept;

  // The service of a conversation, the same in both directions: the one port
  // that has a name decides; of two, a system port (< 1024) before a
  // registered one (RFC 6335 section 6), then the lower.
  ServiceId OfConversation(Protocol protocol, uint16_t port_a,
                           uint16_t port_b) const noexcept;

  // The official name, never an alias; "" for kNoService.
  // REQUIRES: id came from this object.
  std::string_view Name(ServiceId id) const noexcept { return names_[id]; }

  size_t name_count() const noexcept { return names_.size() - 1; }
  bool is_empty() const noexcept { return name_count() == 0; }
  size_t skipped_lines() const noexcept { return skipped_lines_; }
  // Counted from 1; 0 if none was.
  size_t first_skipped_line() const noexcept { return first_skipped_line_; }

 private:
  // Indexed by transport (tcp, udp, sctp, dccp), then by port.
  std::array<std::vector<ServiceId>, 4> by_port_;
  std::vector<std::string> names_{std::string()};
  size_t skipped_lines_ = 0;
  size_t first_skipped_line_ = 0;
};

}  // namespace ntm
