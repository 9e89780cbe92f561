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

struct Row {
  size_t labels_end;
  uint64_t bytes;
  uint64_t packets;
};

// The labels of all rows, one after the other, and where each one ends.
struct RenderedFlows {
  std::string text;
  std::vector<Row> rows;
};

void AppendAddress(const Address& address, std::string* out) {
  std::array<char, kMaxAddressText> text;
  out->append(text.data(), FormatAddress(address, text.data()));
}

void AppendHost(const Snapshot& snapshot, const Address& address,
                std::string* out) {
  if (!snapshot.anonymizer) {
    AppendAddress(address, out);
  } else if (address.kind == AddressKind::kMac) {
    out->append("mac");
  } else {
    AppendAddress(snapshot.anonymizer->Alias(address), out);
  }
}

bool SharesItsLabels(const Snapshot& snapshot, const Flow& flow) {
  return snapshot.anonymizer && (flow.key.Src().kind == AddressKind::kMac ||
                                 flow.key.Dst().kind == AddressKind::kMac);
}

RenderedFlows Render(const Snapshot& snapshot) {
  RenderedFlows rendered;
  rendered.rows.reserve(snapshot.flows.size());
  rendered.text.reserve(snapshot.flows.size() * 64);
  std::unordered_map<std::string, size_t> shared;  // labels → row
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
    const size_t begin = rendered.text.size();
    rendered.text += "dst=\"";
    AppendHost(snapshot, flow.key.Dst(), &rendered.text);
    rendered.text += middle;
    AppendHost(snapshot, flow.key.Src(), &rendered.text);
    rendered.text += '"';
    if (SharesItsLabels(snapshot, flow)) {
      const auto [row, is_first] =
          shared.try_emplace(rendered.text.substr(begin), rendered.rows.size());
      if (!is_first) {
        rendered.text.resize(begin);
        rendered.rows[row->second].bytes += flow.bytes;
        rendered.rows[row->second].packets += flow.packets;
        continue;
      }
    }
    rendered.rows.push_back({rendered.text.size(), flow.bytes, flow.packets});
  }
  return rendered;
}

void WriteFamily(const RenderedFlows& rendered, uint64_t Row::*counter,
                 Exposition* out) {
  size_t begin = 0;
  for (const Row& row : rendered.rows) {
    out->Sample(
        std::string_view(rendered.text).substr(begin, row.labels_end - begin),
        row.*counter);
    begin = row.labels_end;
  }
}

}  // namespace

void WriteFlowFamilies(const Snapshot& snapshot, Exposition* out) {
  const RenderedFlows rendered = Render(snapshot);
  out->BeginCounter("ntm_bytes_total", "Bytes transferred (IP total length).");
  WriteFamily(rendered, &Row::bytes, out);
  out->BeginCounter("ntm_packets_total", "Packets transferred.");
  WriteFamily(rendered, &Row::packets, out);
}

}  // namespace ntm::traffic
