#include "flow_families.h"

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "ntm/address.h"
#include "ntm/protocol.h"

namespace ntm::traffic {
namespace {

// The labels of all flows, one after the other, and where each one ends.
struct RenderedLabels {
  std::string text;
  std::vector<size_t> ends;
};

void AppendAddress(const Address& address, std::string* out) {
  std::array<char, kMaxAddressText> text;
  out->append(text.data(), FormatAddress(address, text.data()));
}

RenderedLabels Render(const Snapshot& snapshot) {
  RenderedLabels labels;
  labels.ends.reserve(snapshot.flows.size());
  labels.text.reserve(snapshot.flows.size() * 64);
  // Few of each, escaped once: ',proto="tcp",service="https",src="'.
  std::unordered_map<uint32_t, std::string> middles;
  for (const Flow& flow : snapshot.flows) {
    const uint32_t kind =
        uint32_t{flow.key.protocol()} << 16 | flow.key.service();
    auto [found, is_new] = middles.try_emplace(kind);
    std::string& middle = found->second;
    if (is_new) {
      middle = "\",proto=\"";
      Exposition::AppendLabelValue(ProtocolName(flow.key.protocol()), &middle);
      middle += "\",service=\"";
      Exposition::AppendLabelValue(snapshot.services->Name(flow.key.service()),
                                   &middle);
      middle += "\",src=\"";
    }
    labels.text += "dst=\"";
    AppendAddress(flow.key.Dst(), &labels.text);
    labels.text += middle;
    AppendAddress(flow.key.Src(), &labels.text);
    labels.text += '"';
    labels.ends.push_back(labels.text.size());
  }
  return labels;
}

void WriteFamily(const Snapshot& snapshot, const RenderedLabels& labels,
                 uint64_t Flow::*counter, Exposition* out) {
  size_t begin = 0;
  for (size_t i = 0; i < snapshot.flows.size(); ++i) {
    out->Sample(std::string_view(labels.text)
                    .substr(begin, labels.ends[i] - begin),
                snapshot.flows[i].*counter);
    begin = labels.ends[i];
  }
}

}  // namespace

void WriteFlowFamilies(const Snapshot& snapshot, Exposition* out) {
  const RenderedLabels labels = Render(snapshot);
  out->BeginCounter("ntm_bytes_total", "Bytes transferred (IP total length).");
  WriteFamily(snapshot, labels, &Flow::bytes, out);
  out->BeginCounter("ntm_packets_total", "Packets transferred.");
  WriteFamily(snapshot, labels, &Flow::packets, out);
}

}  // namespace ntm::traffic
