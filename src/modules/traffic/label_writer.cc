#include "label_writer.h"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "ntm/exposition/exposition.h"
#include "ntm/flow/host_text.h"
#include "ntm/flow/traffic_class.h"
#include "ntm/net/address.h"
#include "ntm/net/local_networks.h"
#include "ntm/net/protocol.h"

namespace ntm::traffic {
namespace {

constexpr std::string_view kOtherText = "other";

void AppendNumber(unsigned number, std::string* out) {
  std::array<char, 10> digits;
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out->append(digits.data(), end);
}

void AppendAddress(const Address& address, std::string* out) {
  std::array<char, kMaxAddressText> text;
  out->append(text.data(), FormatAddress(address, text.data()));
}

// Appends nothing if the packet does not have the field.
void AppendExtra(const FlowExtras& extras, FlowExtras::Has field,
                 unsigned number, std::string* out) {
  if ((extras.has & FlowExtras::kOther) != 0) {
    out->append(kOtherText);
  } else if ((extras.has & field) != 0) {
    AppendNumber(number, out);
  }
}

void AppendMac(const FlowExtras& extras, const std::array<uint8_t, 6>& octets,
               std::string* out) {
  if ((extras.has & FlowExtras::kOther) != 0) {
    out->append(kOtherText);
  } else if ((extras.has & FlowExtras::kMacs) != 0) {
    AppendAddress(Address::Mac(octets.data()), out);
  }
}

}  // namespace

LabelWriter::LabelWriter(const Snapshot& snapshot, Escaping escaping,
                         std::string_view before)
    : snapshot_(snapshot), escaping_(escaping) {
  for (size_t i = 0; i < kFlowLabelCount; ++i) {
    const auto label = static_cast<FlowLabel>(i);
    if (!snapshot.labels.labels.Has(label)) continue;
    std::string head(parts_.empty() ? before : "\",");
    head += LabelName(label);
    head += "=\"";
    parts_.push_back({label, ShortText(std::move(head))});
    message_labels_.push_back({LabelName(label), {}});
  }
  own_values_.resize(parts_.size());
}

const FlowExtras& LabelWriter::ExtrasOf(size_t flow) const {
  static constexpr FlowExtras kNoExtras;
  return snapshot_.extras.empty() ? kNoExtras : snapshot_.extras[flow];
}

void LabelWriter::Append(size_t flow, std::string* out) {
  const FlowExtras& extras = ExtrasOf(flow);
  LineText line(out);
  for (const Part& part : parts_) {
    line.Add(part.head);
    AddValue(part.label, snapshot_.flows[flow].key, extras, &line);
  }
  line.Add('"');
}

std::span<const MessageLabel> LabelWriter::MessageLabels(size_t flow) {
  const FlowExtras& extras = ExtrasOf(flow);
  for (size_t i = 0; i < parts_.size(); ++i) {
    message_labels_[i].value = ValueOf(
        parts_[i].label, snapshot_.flows[flow].key, extras, &own_values_[i]);
  }
  return message_labels_;
}

std::string LabelWriter::Value(FlowLabel label, size_t flow) {
  std::string value;
  AppendValue(label, snapshot_.flows[flow].key, ExtrasOf(flow), &value);
  return value;
}

void LabelWriter::AppendText(std::string_view text, std::string* out) const {
  switch (escaping_) {
    case Escaping::kExposition:
      return Exposition::AppendLabelValue(text, out);
    case Escaping::kMessage:
      return AppendValidText(text, out);
    case Escaping::kNone:
      out->append(text);
  }
}

// The usual labels, as fast as possible.
void LabelWriter::AddValue(FlowLabel label, const FlowKey& key,
                           const FlowExtras& extras, LineText* line) {
  switch (label) {
    case FlowLabel::kSrc:
      return AddHost(key.Src(), snapshot_.labels.src_prefix, line);
    case FlowLabel::kDst:
      return AddHost(key.Dst(), snapshot_.labels.dst_prefix, line);
    case FlowLabel::kProto:
      return line->Add(Protocol(key.protocol()));
    case FlowLabel::kService:
      return line->Add(Service(key.service()));
    default:
      return AppendValue(label, key, extras, line->To());
  }
}

void LabelWriter::AddHost(const Address& address, const PrefixBits& prefix,
                          LineText* line) const {
  if (IsPlain(address, prefix)) {
    line->Add(address);
  } else {
    AppendHost(address, prefix, line->To());
  }
}

// The same without a line.
std::string_view LabelWriter::ValueOf(FlowLabel label, const FlowKey& key,
                                      const FlowExtras& extras, OwnValue* own) {
  switch (label) {
    case FlowLabel::kSrc:
      return HostValue(key.Src(), snapshot_.labels.src_prefix, own);
    case FlowLabel::kDst:
      return HostValue(key.Dst(), snapshot_.labels.dst_prefix, own);
    case FlowLabel::kProto:
      return Protocol(key.protocol()).text();
    case FlowLabel::kService:
      return Service(key.service()).text();
    default:
      own->text.clear();
      AppendValue(label, key, extras, &own->text);
      return own->text;
  }
}

std::string_view LabelWriter::HostValue(const Address& address,
                                        const PrefixBits& prefix,
                                        OwnValue* own) const {
  if (IsPlain(address, prefix)) {
    return {own->address.data(), FormatAddress(address, own->address.data())};
  }
  own->text.clear();
  AppendHost(address, prefix, &own->text);
  return own->text;
}

bool LabelWriter::IsPlain(const Address& address,
                          const PrefixBits& prefix) const {
  return address.kind != AddressKind::kName && !prefix.Folds(address.kind) &&
         snapshot_.anonymizer == nullptr;
}

void LabelWriter::AppendValue(FlowLabel label, const FlowKey& key,
                              const FlowExtras& extras, std::string* out) {
  switch (label) {
    case FlowLabel::kSrc:
      return AppendHost(key.Src(), snapshot_.labels.src_prefix, out);
    case FlowLabel::kDst:
      return AppendHost(key.Dst(), snapshot_.labels.dst_prefix, out);
    case FlowLabel::kProto:
      out->append(Protocol(key.protocol()).text());
      return;
    case FlowLabel::kService:
      out->append(Service(key.service()).text());
      return;
    case FlowLabel::kClass:
      if (snapshot_.traffic_classes == nullptr) return;
      AppendText(snapshot_.traffic_classes->Name(extras.traffic_class), out);
      return;
    case FlowLabel::kDirection:
      out->append(DirectionName(extras.direction));
      return;
    case FlowLabel::kInterface:
      return AppendInterface(extras.interface, out);
    case FlowLabel::kDscp:
      return AppendExtra(extras, FlowExtras::kDscp, extras.dscp, out);
    case FlowLabel::kVlan:
      return AppendExtra(extras, FlowExtras::kVlan, extras.vlan, out);
    case FlowLabel::kSrcPort:
      return AppendExtra(extras, FlowExtras::kPorts, extras.src_port, out);
    case FlowLabel::kDstPort:
      return AppendExtra(extras, FlowExtras::kPorts, extras.dst_port, out);
    case FlowLabel::kSrcMac:
      return AppendMac(extras, extras.src_mac, out);
    case FlowLabel::kDstMac:
      return AppendMac(extras, extras.dst_mac, out);
    case FlowLabel::kCount:
      return;
  }
}

void LabelWriter::AppendHost(const Address& address, const PrefixBits& prefix,
                             std::string* out) const {
  if (address.kind == AddressKind::kName) {
    AppendText(HostText(snapshot_, address, prefix), out);
  } else {
    AppendHostText(snapshot_, address, prefix, out);
  }
}

const ShortText& LabelWriter::Protocol(ntm::Protocol protocol) {
  ShortText& known = protocol < ip_protocols_.size()
                         ? ip_protocols_[protocol]
                         : other_protocols_[protocol];
  if (known.size() == 0) {
    std::string text;
    AppendText(ProtocolName(protocol), &text);
    known = ShortText(std::move(text));
  }
  return known;
}

const ShortText& LabelWriter::Service(ServiceId service) {
  if (service < kOtherService && service >= services_.size()) {
    services_.resize(service + size_t{1});
  }
  ShortText& known = service < kOtherService ? services_[service]
                                             : numbered_services_[service];
  if (known.size() == 0 && service != kNoService) {
    std::string text;
    AppendText(snapshot_.services->Name(service), &text);
    known = ShortText(std::move(text));
  }
  return known;
}

void LabelWriter::AppendInterface(uint16_t interface, std::string* out) const {
  if (interface == 0) return;
  AppendText(snapshot_.captures[interface - 1U].interface, out);
}

}  // namespace ntm::traffic
