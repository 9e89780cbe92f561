// Metrics of the traffic classes and of the DSCP values, including flows that
// were evicted.

#include <memory>
#include <string>

#include "ntm/exposition/family.h"
#include "ntm/module/module.h"
#include "ntm/module/other_runs.h"

namespace ntm::classes {
namespace {

void WriteClasses(const Snapshot& fresh, Exposition* out) {
  auto bytes =
      CounterFamily("ntm_class_bytes_total", "Bytes of each class of traffic.");
  auto packets = CounterFamily("ntm_class_packets_total",
                               "Packets of each class of traffic.");
  for (const CaptureCounters& capture : fresh.captures) {
    for (size_t id = kClassOther; id < fresh.traffic_classes->count(); ++id) {
      const std::string name(
          fresh.traffic_classes->Name(static_cast<ClassId>(id)));
      for (size_t i = static_cast<size_t>(Direction::kIn); i < kDirectionCount;
           ++i) {
        const ClassCounts::Count& count = capture.classes.classes[id][i];
        const Labels labels = {
            {"interface", capture.interface},
            {"class", name},
            {"direction",
             std::string(DirectionName(static_cast<Direction>(i)))}};
        AddSample(&bytes, labels, static_cast<double>(count.bytes));
        AddSample(&packets, labels, static_cast<double>(count.packets));
      }
    }
  }
  out->Write({bytes, packets});
}

// A network uses few of the 64 DSCP values, so values never seen are left out.
void WriteCodePoints(const Snapshot& fresh, Exposition* out) {
  auto bytes =
      CounterFamily("ntm_dscp_bytes_total", "IP bytes of each DSCP seen.");
  for (size_t dscp = 0; dscp < kDscpCount; ++dscp) {
    uint64_t sum = 0;
    for (const CaptureCounters& capture : fresh.captures) {
      sum += capture.classes.dscp_bytes[dscp];
    }
    if (sum == 0 && dscp != 0) continue;
    AddSample(&bytes, {{"dscp", std::to_string(dscp)}},
              static_cast<double>(sum));
  }
  out->Write(bytes);
}

class ClassFamilies final : public Module, public OtherRuns {
 public:
  std::string_view name() const noexcept override { return "classes"; }
  bool runs_on_files() const noexcept override { return true; }

  void Expose(const Snapshot& fresh, Exposition& out) const override {
    WriteClasses(fresh, &out);
    WriteCodePoints(fresh, &out);
  }
};

}  // namespace

std::unique_ptr<Module> MakeModule() {
  return std::make_unique<ClassFamilies>();
}

}  // namespace ntm::classes
