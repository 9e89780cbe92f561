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

#include "ntm/live_capture.h"

namespace ntm {

// What one lane has of an interface. Under that lane's lock by its thread,
// under the pipeline's by all others; on cache lines of its own.
struct alignas(64) LiveCapture::Member {
  Member(Pipeline* pipeline, uint16_t number, size_t lane)
      : line(pipeline, number, lane) {}

  bool CanDispatch() const { return capture && failure.empty(); }

  Pipeline::Line line;
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
  uint64_t received_packets = 0;  // 64 bits, over all openings
  uint64_t dropped_by_kernel_packets = 0;
  uint64_t dropped_by_interface_packets = 0;
  std::optional<double> reconciled_ratio;

  // Main thread only.
  int opened_index = 0;
  std::chrono::nanoseconds retry_at{0};
  std::chrono::nanoseconds backoff{0};
  std::optional<LinkState> last_link;
  uint64_t last_wire_bytes = 0;
  bool superpackets_told = false;

  bool IsOpen() const { return members.front().capture != nullptr; }

  Pipeline::LineCounts Counts() const {
    Pipeline::LineCounts counts;
    for (const Member& member : members) counts += member.line.counts();
    return counts;
  }

  std::string Failure() const {
    for (const Member& member : members) {
      if (!member.failure.empty()) return member.failure;
    }
    return {};
  }

  void SetMtuBytes(uint32_t mtu_bytes) {
    for (Member& member : members) member.line.set_mtu_bytes(mtu_bytes);
  }

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

  void Close() {
    ReadStatistics();
    for (Member& member : members) {
      member.seen = {};
      member.capture.reset();
      member.failure.clear();
    }
  }
};

}  // namespace ntm
