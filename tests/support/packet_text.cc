#include "packet_text.h"

#include "ntm/decode/decode.h"

namespace ntm::test {

std::string Describe(const Packet& packet) {
  const auto end = [&packet](const Address& address, uint16_t port) {
    std::string text = ToString(address);
    if (text.empty()) text = "-";
    return packet.has_ports ? text + ":" + std::to_string(port) : text;
  };
  std::string text = ProtocolName(packet.protocol) + " " +
                     end(packet.src, packet.src_port) + " > " +
                     end(packet.dst, packet.dst_port) + " " +
                     std::to_string(packet.bytes) + " B";
  if (!packet.is_ip) text += " non-ip";
  if (packet.has_vlan) text += " vlan " + std::to_string(packet.vlan);
  if (packet.dscp != 0) text += " dscp " + std::to_string(packet.dscp);
  if (packet.first_fragment) {
    text += " first " + std::to_string(packet.fragment_id);
  }
  if (packet.later_fragment) {
    text += " later " + std::to_string(packet.fragment_id);
  }
  for (size_t i = 0; i < kAnomalyCount; ++i) {
    const auto anomaly = static_cast<Anomaly>(i);
    if (packet.Has(anomaly)) text += std::string(" !") + ReasonName(anomaly);
  }
  return text;
}

std::string DescribeDecoded(const Frame& frame) {
  Packet packet;
  const DecodeStatus status = Decode(frame, &packet);
  if (status != DecodeStatus::kOk) {
    return std::string("error ") + ReasonName(status);
  }
  return Describe(packet);
}

}  // namespace ntm::test
