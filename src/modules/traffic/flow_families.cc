#include "flow_families.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "label_writer.h"

namespace ntm::traffic {
namespace {

// The labels of all flows in one string, and the end of each.
struct RenderedFlows {
  std::string text;
  std::vector<size_t> ends;
};

RenderedFlows Render(const Snapshot& snapshot) {
  RenderedFlows rendered;
  rendered.ends.reserve(snapshot.flows.size());
  rendered.text.reserve(snapshot.flows.size() * 64);
  LabelWriter writer(snapshot);
  for (size_t i = 0; i < snapshot.flows.size(); ++i) {
    writer.Append(i, &rendered.text);
    rendered.ends.push_back(rendered.text.size());
  }
  return rendered;
}

void WriteFamily(const Snapshot& snapshot, const RenderedFlows& rendered,
                 uint64_t Flow::*counter, Exposition* out) {
  const std::string_view text = rendered.text;
  size_t begin = 0;
  for (size_t i = 0; i < rendered.ends.size(); ++i) {
    out->Sample(text.substr(begin, rendered.ends[i] - begin),
                snapshot.flows[i].*counter);
    begin = rendered.ends[i];
  }
}

}  // namespace

void WriteFlowFamilies(const Snapshot& snapshot, Exposition* out) {
  const RenderedFlows rendered = Render(snapshot);
  out->BeginCounter("ntm_bytes_total", "Bytes transferred (IP total length).");
  WriteFamily(snapshot, rendered, &Flow::bytes, out);
  out->BeginCounter("ntm_packets_total", "Packets transferred.");
  WriteFamily(snapshot, rendered, &Flow::packets, out);
}

}  // namespace ntm::traffic
