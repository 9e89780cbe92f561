#include "packet_builder.h"

#include <pcap/dlt.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "wire_bytes.h"

namespace ntm::test {

Frame CapturedFrame::View() const noexcept {
  Frame frame;
  frame.data = bytes.data();
  frame.captured_bytes = static_cast<uint32_t>(bytes.size());
  frame.wire_bytes = wire_bytes;
  frame.time_ns = time_ns;
  frame.link_type = link_type;
  return frame;
}

void PacketBuilder::SetNumber(Layer* below, const Numbers& numbers) {
  const auto need = [](bool known) {
    if (!known) throw std::invalid_argument("a layer that cannot stand there");
  };
  switch (below->space) {
    case Space::kNone:
      return;
    case Space::kEthertype:
      need(numbers.ethertype != 0);
      Put16(&below->bytes, below->field, numbers.ethertype);
      return;
    case Space::kIp:
      need(numbers.ip.has_value());
      below->bytes[below->field] = *numbers.ip;
      return;
    case Space::kPpp:
      need(numbers.ppp != 0);
      if (below->field + 1 == below->bytes.size()) {  // compressed
        below->bytes[below->field] = static_cast<uint8_t>(numbers.ppp);
      } else {
        Put16(&below->bytes, below->field, numbers.ppp);
      }
      return;
    case Space::kNsh:
      need(numbers.nsh != 0);
      below->bytes[below->field] = numbers.nsh;
      return;
  }
}

PacketBuilder& PacketBuilder::Add(Layer layer, const Numbers& numbers) {
  if (!layers_.empty()) SetNumber(&layers_.back(), numbers);
  layers_.push_back(std::move(layer));
  return *this;
}

PacketBuilder::Layer& PacketBuilder::LastIp() {
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
    if (layer->kind == Kind::kIpv4 || layer->kind == Kind::kIpv6) return *layer;
  }
  throw std::invalid_argument("no IP header yet");
}

PacketBuilder& PacketBuilder::Padding(size_t bytes) {
  padding_ += bytes;
  return *this;
}

PacketBuilder& PacketBuilder::IpLength(uint16_t value) {
  ip_length_ = value;
  return *this;
}

PacketBuilder& PacketBuilder::Snaplen(size_t captured_bytes) {
  snaplen_ = captured_bytes;
  return *this;
}

PacketBuilder& PacketBuilder::Wire(uint32_t wire_bytes) {
  wire_bytes_ = wire_bytes;
  return *this;
}

PacketBuilder& PacketBuilder::At(int64_t time_ns) {
  time_ns_ = time_ns;
  return *this;
}

// `bytes`: this layer and all above it.
void PacketBuilder::SetLengths(Layer* layer, size_t bytes) {
  switch (layer->kind) {
    case Kind::kIpv4:
      Put16(&layer->bytes, 2, bytes > 0xffff ? 0 : bytes);
      return;
    case Kind::kIpv6:
      Put16(&layer->bytes, 4, bytes - 40 > 0xffff ? 0 : bytes - 40);
      return;
    case Kind::kUdp:
      Put16(&layer->bytes, 4, bytes);
      return;
    case Kind::kPppoe:
      Put16(&layer->bytes, 4, bytes - 6);
      return;
    default:
      return;
  }
}

test::Bytes PacketBuilder::Bytes() const {
  std::vector<Layer> layers = layers_;
  size_t above = 0;
  Layer* outermost_ip = nullptr;
  for (size_t i = layers.size(); i-- > 0;) {
    Layer& layer = layers[i];
    if (layer.kind == Kind::kEthernet && i + 1 < layers.size() &&
        layers[i + 1].kind == Kind::kLlc) {
      Put16(&layer.bytes, layer.field, above);
    }
    above += layer.bytes.size();
    SetLengths(&layer, above);
    if (layer.kind == Kind::kIpv4 || layer.kind == Kind::kIpv6) {
      outermost_ip = &layer;
    }
  }
  if (ip_length_.has_value() && outermost_ip != nullptr) {
    Put16(&outermost_ip->bytes, outermost_ip->kind == Kind::kIpv4 ? 2 : 4,
          *ip_length_);
  }
  test::Bytes bytes;
  for (Layer& layer : layers) {
    if (layer.kind == Kind::kIpv4) {
      Put16(&layer.bytes, 10, Checksum(layer.bytes));
    }
    Append(&bytes, layer.bytes);
  }
  bytes.resize(bytes.size() + padding_);
  return bytes;
}

CapturedFrame PacketBuilder::Build() const {
  CapturedFrame frame;
  frame.bytes = Bytes();
  frame.wire_bytes =
      wire_bytes_.value_or(static_cast<uint32_t>(frame.bytes.size()));
  if (snaplen_.has_value() && *snaplen_ < frame.bytes.size()) {
    frame.bytes.resize(*snaplen_);
  }
  frame.time_ns = time_ns_;
  frame.link_type = link_type_;
  return frame;
}

PacketBuilder Eth(const std::string& src, const std::string& dst) {
  return PacketBuilder(DLT_EN10MB).EthernetHeader(src, dst);
}

PacketBuilder Sll(uint16_t hardware) {
  return PacketBuilder(DLT_LINUX_SLL).SllHeader(hardware);
}

PacketBuilder Sll2(uint16_t hardware) {
  return PacketBuilder(DLT_LINUX_SLL2).Sll2Header(hardware);
}

PacketBuilder RawIp() { return PacketBuilder(DLT_RAW); }

PacketBuilder Null(uint32_t family, bool big_endian) {
  Bytes bytes;
  Append32(&bytes, family);
  if (!big_endian) std::reverse(bytes.begin(), bytes.end());
  return PacketBuilder(big_endian ? DLT_LOOP : DLT_NULL).Data(bytes);
}

PacketBuilder PppLink() { return PacketBuilder(DLT_PPP).Ppp(); }

PacketBuilder PppHdlc() { return PacketBuilder(DLT_PPP).Hdlc(); }

PacketBuilder HdlcLink() { return PacketBuilder(DLT_C_HDLC).Hdlc(); }

PacketBuilder PppoeLink() { return PacketBuilder(DLT_PPP_ETHER).Pppoe(); }

}  // namespace ntm::test
