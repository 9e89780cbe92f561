#include "flow_families.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "label_writer.h"
#include "ntm/exposition/sample_message.h"

namespace ntm::traffic {
namespace {

// One counter of every flow, as lines of text or as protobuf. The labels are
// rendered for each family anew: keeping their text would take more memory than
// the snapshot.
template <bool kAsMessages>
class FlowSamples final : public SampleStream {
 public:
  FlowSamples(const Snapshot& snapshot, uint64_t Flow::*counter,
              std::string_view name)
      : snapshot_(snapshot),
        counter_(counter),
        labels_(snapshot,
                kAsMessages ? LabelWriter::Escaping::kMessage
                            : LabelWriter::Escaping::kExposition,
                std::string(name) + '{') {}

  bool Append(size_t enough_bytes, std::string* out) override {
    const size_t flows = snapshot_.flows.size();
    for (; next_ < flows && out->size() < enough_bytes; ++next_) {
      const uint64_t value = snapshot_.flows[next_].*counter_;
      if constexpr (kAsMessages) {
        AppendCounterMessage(labels_.MessageLabels(next_), value, out);
      } else {
        labels_.Append(next_, out);
        Exposition::AppendValue(value, out);
      }
    }
    return next_ < flows;
  }

 private:
  const Snapshot& snapshot_;
  uint64_t Flow::*counter_;
  LabelWriter labels_;
  size_t next_ = 0;
};

MakeSamples SamplesOf(const Snapshot& snapshot, uint64_t Flow::*counter) {
  return [&snapshot,
          counter](const SampleForm& form) -> std::unique_ptr<SampleStream> {
    if (form.format == ExpositionFormat::kProtobuf) {
      return std::make_unique<FlowSamples<true>>(snapshot, counter, form.name);
    }
    return std::make_unique<FlowSamples<false>>(snapshot, counter, form.name);
  };
}

}  // namespace

void WriteFlowFamilies(const Snapshot& snapshot, Exposition* out) {
  out->WriteCounter("ntm_bytes_total", "Bytes transferred (IP total length).",
                    SamplesOf(snapshot, &Flow::bytes));
  out->WriteCounter("ntm_packets_total", "Packets transferred.",
                    SamplesOf(snapshot, &Flow::packets));
}

}  // namespace ntm::traffic
