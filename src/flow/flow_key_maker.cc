#include "ntm/flow/flow_key_maker.h"

#include <cstring>
#include <utility>

#include "ntm/net/network.h"

namespace ntm {
namespace {

FlowKey MaskOf(FlowLabels labels) {
  Address ones;
  ones.bytes.fill(0xff);
  ones.kind = static_cast<AddressKind>(0xff);
  const auto address = [&](FlowLabel label) {
    return labels.Has(label) ? ones : Address();
  };
  return FlowKey::Make(address(FlowLabel::kSrc), address(FlowLabel::kDst),
                       labels.Has(FlowLabel::kProto) ? UINT16_MAX : 0,
                       labels.Has(FlowLabel::kService) ? UINT16_MAX : 0);
}

}  // namespace

FlowKeyMaker::FlowKeyMaker(const FlowLabelOptions& options)
    : options_(options),
      wants_service_(options.labels.Has(FlowLabel::kService)),
      wants_class_(options.labels.Has(FlowLabel::kClass)),
      wants_extras_(options.labels.Share(kExtraLabels)),
      mask_(MaskOf(options.labels)),
      local_networks_(std::make_shared<const LocalNetworks>()) {
  ChooseWay();
}

void FlowKeyMaker::ChooseWay() noexcept {
  FlowLabelOptions nothing_folded;
  nothing_folded.labels = options_.labels;
  if (names_ != nullptr || wants_extras_ || options_ != nothing_folded) {
    way_ = Way::kFull;
  } else if (options_.labels == kPlainLabels) {
    way_ = Way::kUsualLabels;
  } else {
    way_ = Way::kFewerLabels;
  }
}

void FlowKeyMaker::set_local_networks(
    std::shared_ptr<const LocalNetworks> networks) {
  local_networks_ = std::move(networks);
}

void FlowKeyMaker::set_names(std::shared_ptr<const NamedHosts> names) {
  names_ = std::move(names);
  ChooseWay();
}

FullKey FlowKeyMaker::Full(const Frame& frame, const Packet& packet,
                           const Classes& classes,
                           uint16_t interface) const noexcept {
  const FlowLabels labels = options_.labels;
  FullKey made;
  made.key = FlowKey::Make(
      labels.Has(FlowLabel::kSrc)
          ? Folded(packet.src, packet.dst, options_.src_prefix, frame.time_ns)
          : Address(),
      labels.Has(FlowLabel::kDst)
          ? Folded(packet.dst, packet.src, options_.dst_prefix, frame.time_ns)
          : Address(),
      labels.Has(FlowLabel::kProto) ? packet.protocol : Protocol{0},
      classes.service);
  if (wants_extras_) {
    made.extras = ExtrasOf(frame, packet, classes.traffic_class, interface);
  }
  return made;
}

Address FlowKeyMaker::Folded(const Address& address, const Address& peer,
                             const PrefixBits& prefix,
                             int64_t time_ns) const noexcept {
  if (options_.hide_macs && address.kind == AddressKind::kMac) {
    Address hidden;
    hidden.kind = AddressKind::kMac;
    return hidden;
  }
  if (options_.collapse_remote && !local_networks_->Contains(address)) {
    return Address::Internet();
  }
  if (names_ != nullptr) {
    const Address name = names_->Find(address, peer, time_ns);
    if (name.kind == AddressKind::kName) return name;
  }
  return prefix.Folds(address.kind)
             ? FirstOf(address, prefix.BitsOf(address.kind))
             : address;
}

FlowExtras FlowKeyMaker::ExtrasOf(const Frame& frame, const Packet& packet,
                                  ClassId traffic_class,
                                  uint16_t interface) const noexcept {
  const FlowLabels labels = options_.labels;
  FlowExtras extras;
  unsigned has = 0;
  if (packet.has_macs) {
    if (labels.Has(FlowLabel::kSrcMac)) {
      std::memcpy(extras.src_mac.data(), frame.data + packet.src_mac_offset, 6);
      has |= FlowExtras::kMacs;
    }
    if (labels.Has(FlowLabel::kDstMac)) {
      std::memcpy(extras.dst_mac.data(), frame.data + packet.dst_mac_offset, 6);
      has |= FlowExtras::kMacs;
    }
  }
  if (packet.has_ports) {
    if (labels.Has(FlowLabel::kSrcPort)) {
      extras.src_port = packet.src_port;
      has |= FlowExtras::kPorts;
    }
    if (labels.Has(FlowLabel::kDstPort)) {
      extras.dst_port = packet.dst_port;
      has |= FlowExtras::kPorts;
    }
  }
  if (packet.has_vlan && labels.Has(FlowLabel::kVlan)) {
    extras.vlan = packet.vlan;
    has |= FlowExtras::kVlan;
  }
  if (packet.is_ip && labels.Has(FlowLabel::kDscp)) {
    extras.dscp = packet.dscp;
    has |= FlowExtras::kDscp;
  }
  if (labels.Has(FlowLabel::kInterface)) extras.interface = interface;
  if (labels.Has(FlowLabel::kDirection)) {
    extras.direction = local_networks_->DirectionOf(packet.src, packet.dst);
  }
  if (wants_class_) extras.traffic_class = traffic_class;
  extras.has = static_cast<uint8_t>(has);
  return extras;
}

bool FlowKeyMaker::IsRenamed(const FlowKey& key) const noexcept {
  if (names_ == nullptr) return false;
  const auto is_renamed = [this](const Address& address, const Address& peer,
                                 const PrefixBits& prefix) {
    return !prefix.Folds(address.kind) && names_->Knows(address, peer);
  };
  return is_renamed(key.Src(), key.Dst(), options_.src_prefix) ||
         is_renamed(key.Dst(), key.Src(), options_.dst_prefix);
}

}  // namespace ntm
