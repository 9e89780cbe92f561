// Metrics of the capture: packets captured, dropped, and not decoded.

#include <memory>

#include "ntm/exposition/family.h"
#include "ntm/module/module.h"
#include "ntm/module/other_runs.h"

namespace ntm::capture {
namespace {

using prometheus::MetricFamily;

// The share of the frames matching the filter that was counted.
double Coverage(const CaptureCounters& counters) {
  if (counters.received_packets == 0) return 1;
  return static_cast<double>(counters.received_packets -
                             counters.dropped_by_kernel_packets) /
         static_cast<double>(counters.received_packets);
}

void WriteCounted(const Snapshot& fresh, Exposition* out) {
  auto packets = CounterFamily("ntm_capture_packets_total",
                               "Frames that matched the filter.");
  auto bytes = CounterFamily("ntm_capture_bytes_total",
                             "Bytes counted (IP total length).");
  auto wire_bytes = CounterFamily("ntm_capture_wire_bytes_total",
                                  "Bytes on the wire, link header included.");
  for (const CaptureCounters& counters : fresh.captures) {
    const Labels labels = {{"interface", counters.interface}};
    AddSample(&packets, labels, static_cast<double>(counters.packets));
    AddSample(&bytes, labels, static_cast<double>(counters.bytes));
    AddSample(&wire_bytes, labels, static_cast<double>(counters.wire_bytes));
  }
  out->Write({packets, bytes, wire_bytes});
}

void WriteLive(const Snapshot& fresh, Exposition* out) {
  auto up =
      GaugeFamily("ntm_capture_up", "1 if the interface can be captured.");
  auto received = CounterFamily(
      "ntm_capture_received_packets_total",
      "Frames that matched the kernel's filter, including dropped ones.");
  auto dropped =
      CounterFamily("ntm_capture_dropped_packets_total",
                    "Frames dropped before they were counted, by reason.");
  auto filtered = CounterFamily(
      "ntm_capture_filtered_packets_total",
      "Frames with tags or PPPoE that the kernel's filter passed and that "
      "did not match the filter once these headers were removed.");
  auto superpackets = CounterFamily(
      "ntm_capture_superpackets_total",
      "Frames longer than the MTU: several wire packets merged into one.");
  auto segments = CounterFamily(
      "ntm_capture_superpacket_segments_total",
      "Wire packets contained in superpackets, estimated from the MTU.");
  auto coverage = GaugeFamily(
      "ntm_capture_coverage_ratio",
      "Share of the frames matching the filter that was counted, since start.");
  auto reconciled = GaugeFamily(
      "ntm_capture_reconciled_ratio",
      "Captured bytes divided by the interface's byte counters, last tick.");
  auto overlap = GaugeFamily(
      "ntm_capture_overlap",
      "1 for each pair of interfaces that capture the same packets.");
  for (const CaptureCounters& counters : fresh.captures) {
    const std::string& name = counters.interface;
    AddSample(&up, {{"interface", name}}, counters.up ? 1 : 0);
    AddSample(&received, {{"interface", name}},
              static_cast<double>(counters.received_packets));
    AddSample(&dropped, {{"interface", name}, {"reason", "kernel"}},
              static_cast<double>(counters.dropped_by_kernel_packets));
    AddSample(&dropped, {{"interface", name}, {"reason", "interface"}},
              static_cast<double>(counters.dropped_by_interface_packets));
    AddSample(&filtered, {{"interface", name}},
              static_cast<double>(counters.filtered_packets));
    AddSample(&superpackets, {{"interface", name}},
              static_cast<double>(counters.superpackets));
    AddSample(&segments, {{"interface", name}},
              static_cast<double>(counters.superpacket_segments));
    AddSample(&coverage, {{"interface", name}}, Coverage(counters));
    if (counters.reconciled_ratio) {
      AddSample(&reconciled, {{"interface", name}}, *counters.reconciled_ratio);
    }
    for (const std::string& with : counters.overlaps) {
      AddSample(&overlap, {{"interface", name}, {"with", with}}, 1);
    }
  }
  out->Write({up, received, dropped, filtered, superpackets, segments, coverage,
              reconciled, overlap});
}

void WriteFile(const Snapshot& fresh, Exposition* out) {
  auto skipped = CounterFamily("ntm_file_skipped_bytes_total",
                               "Bytes of the capture files that were skipped, "
                               "because they are damaged.");
  AddSample(&skipped, {}, static_cast<double>(fresh.file_skipped_bytes));
  out->Write(skipped);
}

void WriteDecode(const Snapshot& fresh, Exposition* out) {
  auto errors = CounterFamily(
      "ntm_decode_errors_total",
      "Frames that could not be decoded and are in no series, by reason.");
  for (size_t i = 1; i < kDecodeStatusCount; ++i) {  // 0 is no error
    AddSample(&errors, {{"reason", ReasonName(static_cast<DecodeStatus>(i))}},
              static_cast<double>(fresh.decode_errors[i]));
  }
  auto anomalies = CounterFamily(
      "ntm_decode_anomalies_total",
      "Packets that were counted although they are malformed, by reason.");
  for (size_t i = 0; i < kAnomalyCount; ++i) {
    AddSample(&anomalies, {{"reason", ReasonName(static_cast<Anomaly>(i))}},
              static_cast<double>(fresh.decode_anomalies[i]));
  }
  out->Write({errors, anomalies});
}

class CaptureHealth : public Module, public OtherRuns {
 public:
  std::string_view name() const noexcept override { return "capture"; }
  bool runs_on_files() const noexcept override { return true; }

  void Expose(const Snapshot& fresh, Exposition& out) const override {
    WriteCounted(fresh, &out);
    if (fresh.is_file) {
      WriteFile(fresh, &out);
    } else {
      WriteLive(fresh, &out);
    }
    WriteDecode(fresh, &out);
  }
};

}  // namespace

std::unique_ptr<Module> MakeModule() {
  return std::make_unique<CaptureHealth>();
}

}  // namespace ntm::capture
