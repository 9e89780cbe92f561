// Assigns packets to traffic classes (video, voice …) by ports and DSCP, and
// names of servers to classes by domain.
//
// Shape    a class has a small id; id 0 is "no class" (""), 1 is "other". The
//          five default classes always exist, in the order of their ids; more
//          can be defined, up to kMaxClasses. A port lookup is one array
//          access. Domains are not looked up per packet: see
//          server_classes.h.
// Threads  immutable after construction; share freely.
// Errors   Define() throws std::invalid_argument with what is wrong.
// Source   the ports: IANA service names; Microsoft streaming (1755), RTMP
//          (1935), STUN (3478), RTP and RTSP by convention (5004, 6970–6979,
//          8554), SIP (5060–5062, RFC 3261), RTP of telephones (16384–16396).
//          The DSCPs: RFC 4594 (EF, CS5, AF4x, CS4, CS3), RFC 3662 (CS1), RFC
//          8622 (LE). The domains: what the services publish for firewalls, and
//          the questions that their programs ask.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ntm/decode/packet.h"
#include "ntm/flow/class_domains.h"
#include "ntm/flow/class_id.h"
#include "ntm/net/protocol.h"

namespace ntm {

inline constexpr size_t kDscpCount = 64;

// What determines a packet's class: its DSCP, its ports, or one of them first
// and then the other. The name of its server stands in for the ports.
enum class ClassifyBy : uint8_t { kPort, kDscp, kDscpThenPort, kPortThenDscp };

class TrafficClasses {
 public:
  explicit TrafficClasses(ClassifyBy by = ClassifyBy::kPort);

  // Gives the classes video and voice their usual domains.
  void DefineUsualDomains();

  // Moves ports, DSCPs and domains to a class, which is created if it does not
  // exist. For example "game=27015-27030+3074", "game=dscp26" or
  // "game=*.example.org"; "other=443" removes a port from every class, and
  // "other=example.org" a domain.
  void Define(const std::string& text);

  // Without a match the class is "other". Unless the DSCP decides, both
  // directions of a conversation have the same class.
  ClassId Classify(const Packet& packet) const noexcept {
    if (has_dscp_first_ && packet.is_ip) {
      const ClassId by_dscp = by_dscp_first_[packet.dscp];
      if (by_dscp != kNoClass) return by_dscp;
    }
    const ClassId by_port = packet.has_ports
                                ? OfPorts(packet.src_port, packet.dst_port)
                                : kClassOther;
    if (!has_dscp_last_ || by_port != kClassOther || !packet.is_ip) {
      return by_port;
    }
    return by_dscp_last_[packet.dscp];
  }

  // The same for a packet whose server's name has the class `by_name`, which
  // is not kNoClass.
  ClassId Classify(const Packet& packet, ClassId by_name) const noexcept {
    if (has_dscp_first_ && packet.is_ip) {
      const ClassId by_dscp = by_dscp_first_[packet.dscp];
      if (by_dscp != kNoClass) return by_dscp;
    }
    return by_name;
  }

  // The class of the port that has one; if both do, of the lower port, which
  // is the server's if it is a system port (< 1024). "other" if neither has.
  ClassId OfPorts(uint16_t port_a, uint16_t port_b) const noexcept {
    // Look up both: a branch on the first result would be mispredicted.
    const ClassId of_lower = OfPort(std::min(port_a, port_b));
    const ClassId of_higher = OfPort(std::max(port_a, port_b));
    return of_lower != kClassOther ? of_lower : of_higher;
  }

  // "video", "voice", "file", "background", "other"; "" for kNoClass.
  // REQUIRES: id came from this object.
  std::string_view Name(ClassId id) const noexcept { return names_[id]; }
  // kNoClass for an unknown name.
  ClassId Find(std::string_view name) const noexcept;
  // One past the last id.
  size_t count() const noexcept { return names_.size(); }

  // The port ranges and the DSCPs of a class, for rules in the kernel.
  struct PortRange {
    uint16_t first;
    uint16_t last;
  };
  std::vector<PortRange> PortsOf(ClassId id) const;
  std::vector<uint8_t> DscpsOf(ClassId id) const;
  // Empty if DSCP alone decides.
  const ClassDomains& domains() const noexcept { return domains_; }
  ClassifyBy by() const noexcept { return by_; }

 private:
  ClassId OfPort(uint16_t port) const noexcept {
    return by_port_[std::min<size_t>(port, ports_end_)];
  }
  ClassId FindOrMake(const std::string& name);
  void Give(ClassId id, std::string_view what);

  // Constant once all is defined.
  ClassifyBy by_;
  bool has_dscp_first_;
  bool has_dscp_last_;
  std::array<ClassId, kDscpCount> by_dscp_first_{};  // kNoClass: the ports
  std::array<ClassId, kDscpCount> by_dscp_last_{};   // never kNoClass
  std::vector<ClassId> by_port_;
  // All ports from here on are "other". One shared entry for them keeps the
  // used part of the table small in the CPU cache.
  size_t ports_end_ = 0;
  ClassDomains domains_;
  std::vector<std::string> names_;
};

}  // namespace ntm
