// Writes the labels of a snapshot's flows in the exposition format.
//
// Shape    'dst="10.0.0.1",proto="tcp",service="https",src="10.0.0.2"': the
//          enabled labels in alphabetical order, escaped, without braces. Two
//          flows of a snapshot never get the same text. Value() gives a single
//          label value.
// Memory   the texts of protocols and services are cached.
// Threads  not synchronised; the snapshot must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ntm/flow/snapshot.h"

namespace ntm::traffic {

class LabelWriter {
 public:
  enum class Escaping : uint8_t { kExposition, kNone };

  explicit LabelWriter(const Snapshot& snapshot,
                       Escaping escaping = Escaping::kExposition);

  // `flow` is an index into snapshot.flows.
  void Append(size_t flow, std::string* out);
  std::string Value(FlowLabel label, size_t flow);

 private:
  struct Part {
    FlowLabel label;
    std::string head;  // '",src="'; the first without '",'
  };

  void AppendValue(FlowLabel label, const FlowKey& key,
                   const FlowExtras& extras, std::string* out);
  void AppendHost(const Address& address, const PrefixBits& prefix,
                  std::string* out) const;
  const std::string& Protocol(ntm::Protocol protocol);
  const std::string& Service(ServiceId service);
  void AppendInterface(uint16_t interface, std::string* out) const;
  void AppendText(std::string_view text, std::string* out) const;
  const FlowExtras& ExtrasOf(size_t flow) const;

  const Snapshot& snapshot_;
  Escaping escaping_;
  std::vector<Part> parts_;
  std::unordered_map<ntm::Protocol, std::string> protocols_;
  std::unordered_map<ServiceId, std::string> services_;
};

}  // namespace ntm::traffic
