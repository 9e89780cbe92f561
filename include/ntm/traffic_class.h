// What kind of traffic a conversation is, by its ports.
//
// Shape    a class has a small id; id 0 is "no class" (""), 1 is "other".
//          Looking up a port is one array access.
// Threads  immutable after construction; share freely.
// Errors   none.
// Source   the ports: IANA service names; Microsoft streaming (1755), RTMP
//          (1935), STUN (3478), RTP and RTSP by custom (5004, 6970–6979, 8554),
//          SIP (5060–5062, RFC 3261), RTP of telephones (16384–16396).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "ntm/protocol.h"

namespace ntm {

using ClassId = uint8_t;
inline constexpr ClassId kNoClass = 0;
inline constexpr ClassId kClassOther = 1;
inline constexpr ClassId kClassVideo = 2;
inline constexpr ClassId kClassVoice = 3;
inline constexpr ClassId kClassFile = 4;
inline constexpr ClassId kClassBackground = 5;
inline constexpr size_t kClassCount = 6;

class TrafficClasses {
 public:
  TrafficClasses();

  // The class of a conversation, the same in both directions: the one port
  // that has a class decides; of two, a system port (< 1024) before a
  // registered one, then the lower; "other" if neither has one, or the
  // protocol has no ports.
  ClassId OfConversation(Protocol protocol, uint16_t port_a,
                         uint16_t port_b) const noexcept;

  // "video", "voice", "file", "background", "other"; "" for kNoClass.
  static std::string_view Name(ClassId id) noexcept;

 private:
  std::vector<ClassId> by_port_;
};

}  // namespace ntm
