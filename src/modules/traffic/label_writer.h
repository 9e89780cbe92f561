// Writes the labels of a snapshot's flows in the exposition formats.
//
// Shape    'dst="10.0.0.1",proto="tcp",service="https",src="10.0.0.2"': the
//          enabled labels in alphabetical order, escaped, without braces; or
//          the same for protobuf. Two flows of a snapshot never get the same
//          text. Value() gives a single label value.
// Memory   the texts of protocols and services are cached.
// Threads  not synchronised; the snapshot must outlive it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "line_text.h"
#include "ntm/exposition/sample_message.h"
#include "ntm/flow/snapshot.h"
#include "ntm/net/address.h"

namespace ntm::traffic {

class LabelWriter {
 public:
  // kMessage: what is no valid text is replaced, nothing is escaped.
  enum class Escaping : uint8_t { kExposition, kMessage, kNone };

  // `before` is what Append() writes before the first label.
  explicit LabelWriter(const Snapshot& snapshot,
                       Escaping escaping = Escaping::kExposition,
                       std::string_view before = {});

  // `flow` is an index into snapshot.flows.
  void Append(size_t flow, std::string* out);
  // Valid until the next call. REQUIRES: kMessage.
  std::span<const MessageLabel> MessageLabels(size_t flow);
  std::string Value(FlowLabel label, size_t flow);

 private:
  struct Part {
    FlowLabel label;
    ShortText head;  // '",src="'; the first without '",'
  };
  // A value that is not in the caches.
  struct OwnValue {
    std::array<char, kMaxAddressText> address;
    std::string text;
  };

  void AddValue(FlowLabel label, const FlowKey& key, const FlowExtras& extras,
                LineText* line);
  void AddHost(const Address& address, const PrefixBits& prefix,
               LineText* line) const;
  std::string_view ValueOf(FlowLabel label, const FlowKey& key,
                           const FlowExtras& extras, OwnValue* own);
  std::string_view HostValue(const Address& address, const PrefixBits& prefix,
                             OwnValue* own) const;
  // Whether the host's text is that of its address.
  bool IsPlain(const Address& address, const PrefixBits& prefix) const;
  void AppendValue(FlowLabel label, const FlowKey& key,
                   const FlowExtras& extras, std::string* out);
  void AppendHost(const Address& address, const PrefixBits& prefix,
                  std::string* out) const;
  const ShortText& Protocol(ntm::Protocol protocol);
  const ShortText& Service(ServiceId service);
  void AppendInterface(uint16_t interface, std::string* out) const;
  void AppendText(std::string_view text, std::string* out) const;
  const FlowExtras& ExtrasOf(size_t flow) const;

  const Snapshot& snapshot_;
  Escaping escaping_;
  std::vector<Part> parts_;
  // "" until it is needed.
  std::array<ShortText, 256> ip_protocols_;
  std::unordered_map<ntm::Protocol, ShortText> other_protocols_;
  std::vector<ShortText> services_;  // without those that are a number
  std::unordered_map<ServiceId, ShortText> numbered_services_;
  // Of MessageLabels(), as many as parts_.
  std::vector<MessageLabel> message_labels_;
  std::vector<OwnValue> own_values_;
};

}  // namespace ntm::traffic
