// One interface of a LiveCapture, and what each lane has of it.
//
// Threads  see the members' groups.
// Errors   none.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ntm/capture/live_capture.h"

namespace ntm {

// What one lane has of an interface; on cache lines of its own. `line` and
// `failure` under that lane's lock by its thread, under the pipeline's by all
// others; `capture` is changed under the pipeline's lock and statistics_mutex_,
// and read under either; `seen` under statistics_mutex_.
struct alignas(64) LiveCapture::Member {
  Member(Pipeline* pipeline, uint16_t number, size_t lane)
      : line(pipeline, number, lane) {}

  bool CanDispatch() const { return capture && failure.empty(); }

  Pipeline::Input line;
  std::unique_ptr<Capture> capture;  // null: closed, to be opened again
  std::string failure;     // what Dispatch() said; the main thread closes it
  CaptureStatistics seen;  // libpcap's, wraps at 32 bits
};

struct LiveCapture::Interface {
  // `number` as FlowExtras has it.
  Interface(std::string interface_name, uint16_t number, Pipeline* pipeline)
      : name(std::move(interface_name)) {
    for (size_t lane = 0; lane < pipeline->lane_count(); ++lane) {
      members.emplace_back(pipeline, number, lane);
    }
  }

  // Constant after construction.
  std::string name;

  // Under the pipeline's lock.
  std::vector<Member> members;  // one per lane, open or closed all together
  bool up = false;
  std::string down_reason = "not opened yet";
  std::optional<double> reconciled_ratio;
  uint64_t filtered_before_packets = 0;  // by captures that are closed

  // Under statistics_mutex_; 64 bits, over all openings.
  uint64_t received_packets = 0;
  uint64_t dropped_by_kernel_packets = 0;
  uint64_t dropped_by_interface_packets = 0;

  // Main thread only.
  int opened_index = 0;
  std::chrono::nanoseconds retry_at{0};
  std::chrono::nanoseconds backoff{0};
  std::optional<LinkState> last_link;
  uint64_t last_wire_bytes = 0;
  bool superpackets_told = false;

  bool IsOpen() const { return members.front().capture != nullptr; }

  Pipeline::InputCounts Counts() const {
    Pipeline::InputCounts counts;
    for (const Member& member : members) counts += member.line.counts();
    return counts;
  }

  uint64_t FilteredPackets() const {
    uint64_t packets = filtered_before_packets;
    for (const Member& member : members) {
      if (member.capture) packets += member.capture->filtered_frames();
    }
    return packets;
  }

  std::string Failure() const {
    for (const Member& member : members) {
      if (!member.failure.empty()) return member.failure;
    }
    return {};
  }

  void SetMtuBytes(uint32_t mtu_bytes) {
    for (Member& member : members) member.line.SetMtuBytes(mtu_bytes);
  }

  // Frames on the wire, as `link` counts them: a virtual one counts a merged
  // segment as the one frame that it is.
  uint64_t WireBytes(const LinkState& link) const {
    const Pipeline::InputCounts counts = Counts();
    return counts.wire_bytes +
           (link.is_hardware ? counts.superpackets.merged_header_bytes : 0);
  }

  // Asks the kernel (and libpcap reads files of sysfs for it).
  void ReadStatistics() {
    for (Member& member : members) {
      const auto now =
          member.capture ? member.capture->Statistics() : std::nullopt;
      if (!now) continue;
      const CaptureStatistics& seen = member.seen;
      received_packets += now->received_packets - seen.received_packets;
      dropped_by_kernel_packets +=
          now->dropped_by_kernel_packets - seen.dropped_by_kernel_packets;
      // The interface's own, which every member is told.
      if (&member == &members.front()) {
        dropped_by_interface_packets += now->dropped_by_interface_packets -
                                        seen.dropped_by_interface_packets;
      }
      member.seen = *now;
    }
  }

  // What the lanes are to dispatch no more. Closing it takes the kernel a
  // while.
  std::vector<std::unique_ptr<Capture>> TakeCaptures() {
    std::vector<std::unique_ptr<Capture>> captures;
    for (Member& member : members) {
      member.seen = {};
      member.failure.clear();
      if (member.capture) {
        filtered_before_packets += member.capture->filtered_frames();
      }
      captures.push_back(std::move(member.capture));
    }
    return captures;
  }
};

}  // namespace ntm
