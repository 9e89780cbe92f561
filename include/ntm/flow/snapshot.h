// A consistent copy of all counters of the pipeline.
//
// Units    bytes, packets, ns since the epoch; all counters since start.
// Threads  immutable once taken; shared by its readers.
// Source   taken under the pipeline's lock, so that at every instant
//          Σ flows.bytes + evicted_bytes = Σ captures.bytes and
//          Σ flows.packets + evicted_packets + Σ decode_errors
//          = Σ captures.packets.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ntm/conversation/wire_health.h"
#include "ntm/decode/packet.h"
#include "ntm/flow/class_counts.h"
#include "ntm/flow/flow_key.h"
#include "ntm/flow/flow_label.h"
#include "ntm/flow/flow_table.h"
#include "ntm/flow/named_hosts.h"
#include "ntm/flow/traffic_class.h"
#include "ntm/net/anonymizer.h"
#include "ntm/net/local_networks.h"
#include "ntm/net/services.h"

namespace ntm {

struct CaptureCounters {
  std::string interface;          // as given with -i; "file" for -r
  bool up = false;                // frames can arrive
  std::string down_reason;        // why not, without a name or an address
  uint64_t packets = 0;           // every frame that passed the filter
  uint64_t bytes = 0;             // the sum of the flows' bytes
  uint64_t wire_bytes = 0;        // including link headers
  uint64_t received_packets = 0;  // libpcap's ps_recv
  uint64_t filtered_packets = 0;  // of these, rejected by the filter's second
                                  // evaluation, in user space
  uint64_t dropped_by_kernel_packets = 0;     // ring full (ps_drop)
  uint64_t dropped_by_interface_packets = 0;  // ps_ifdrop
  uint64_t superpackets = 0;  // longer than the MTU: merged by GRO, GSO, TSO
  uint64_t superpacket_segments = 0;  // wire packets these stand for, estimated
  ClassCounts classes;                // their sum is `bytes`
  // Captured bytes divided by the kernel's counters of the interface, over the
  // last tick; absent without traffic, with a filter and for a bridge.
  std::optional<double> reconciled_ratio;
  // Captured interfaces that see the same packets; each pair is listed at one
  // of the two.
  std::vector<std::string> overlaps;
};

struct Snapshot {
  int64_t time_ns = 0;
  bool is_file = false;
  // Valid iff is_file.
  bool file_read_to_end = false;
  uint64_t file_skipped_bytes = 0;  // damaged parts
  std::vector<Flow> flows;
  std::vector<FlowExtras> extras;  // one per flow, or none; see flow_key.h
  size_t series_limit = 0;
  uint64_t evicted_series = 0;
  uint64_t evicted_bytes = 0;
  uint64_t evicted_packets = 0;
  std::array<uint64_t, kDecodeStatusCount> decode_errors{};
  std::array<uint64_t, kAnomalyCount> decode_anomalies{};
  std::vector<CaptureCounters> captures;
  WireHealth health;
  FlowLabelOptions labels;
  std::shared_ptr<const Services> services;
  std::shared_ptr<const TrafficClasses> traffic_classes;
  std::shared_ptr<const LocalNetworks> local_networks;
  // The texts of AddressKind::kName; null if names are not used in labels.
  std::shared_ptr<const NamedHosts> names;
  // If not null, addresses are shown as aliases only.
  std::shared_ptr<const Anonymizer> anonymizer;
};

}  // namespace ntm
