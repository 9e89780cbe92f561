#include "icmp_errors.h"

#include <optional>

#include "ntm/base/byte_reader.h"
#include "sender_site.h"
#include "transport.h"

namespace ntm {
namespace {

Unreachable ReasonOfIcmp(uint8_t code) noexcept {
  switch (code) {
    case 0:
    case 6:
    case 11:
      return Unreachable::kNetwork;
    case 1:
    case 7:
    case 8:
    case 12:
      return Unreachable::kHost;
    case 2:
      return Unreachable::kProtocol;
    case 3:
      return Unreachable::kPort;
    case 4:
      return Unreachable::kFragmentationNeeded;
    case 9:
    case 10:
    case 13:
      return Unreachable::kProhibited;
    default:
      return Unreachable::kOther;
  }
}

Unreachable ReasonOfIcmp6(uint8_t code) noexcept {
  switch (code) {
    case 0:
      return Unreachable::kNetwork;
    case 1:
    case 5:
    case 6:
      return Unreachable::kProhibited;
    case 3:
      return Unreachable::kHost;
    case 4:
      return Unreachable::kPort;
    default:
      return Unreachable::kOther;
  }
}

}  // namespace

void CountIcmpError(const Frame& frame, const Packet& packet,
                    Direction direction, IcmpCounts* counts) noexcept {
  enum Type : uint8_t {
    kIcmpUnreachable = 3,
    kIcmpTimeExceeded = 11,
    kIcmp6Unreachable = 1,
    kIcmp6PacketTooBig = 2,
    kIcmp6TimeExceeded = 3,
  };
  const uint32_t offset = TransportOffset(packet);
  const ByteReader bytes(frame.data, frame.captured_bytes);
  if (offset == 0 || !bytes.Has(offset, 2)) return;
  const uint8_t type = bytes.U8(offset);
  const uint8_t code = bytes.U8(offset + 1);
  const bool is_icmp = packet.protocol == kProtocolIcmp;
  const auto by = static_cast<size_t>(SenderSite(direction));
  if (type == (is_icmp ? kIcmpTimeExceeded : kIcmp6TimeExceeded)) {
    ++counts->time_exceeded[by];
    return;
  }
  std::optional<Unreachable> reason;
  if (type == (is_icmp ? kIcmpUnreachable : kIcmp6Unreachable)) {
    reason = is_icmp ? ReasonOfIcmp(code) : ReasonOfIcmp6(code);
  } else if (!is_icmp && type == kIcmp6PacketTooBig) {
    reason = Unreachable::kFragmentationNeeded;
  }
  if (reason) ++counts->unreachable[static_cast<size_t>(*reason)][by];
}

}  // namespace ntm
