#include "ntm/capture/live_capture.h"

#include <poll.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include "live_interface.h"
#include "ntm/base/error.h"
#include "ntm/base/thread_work.h"
#include "ntm/base/wake_event.h"
#include "ntm/capture/capture_filter.h"
#include "ntm/decode/decode.h"
#include "ntm/net/link.h"

namespace ntm {
namespace {

constexpr int kBatchFrames = 1024;
// From so many packets at once on, waking up costs less if more are waited for.
constexpr uint64_t kBusyPackets = 512;
// A pause is so short that it would take 4 GB/s to fill the ring in it.
constexpr int kRingBytesPerMs = 4 << 20;
// Between two attempts to wait for frames where the kernel refuses to.
constexpr std::chrono::milliseconds kRefused{100};

}  // namespace

struct LiveCapture::Thread {
  WakeEvent wake;
  std::jthread thread;
};

LiveCapture::LiveCapture(LiveCaptureOptions options, Pipeline* pipeline)
    : options_(std::move(options)), pipeline_(pipeline) {
  for (size_t lane = 0; lane < pipeline->lane_count(); ++lane) {
    threads_.push_back(std::make_unique<Thread>());
  }
  for (const std::string& name : options_.interfaces) {
    auto interface = std::make_unique<Interface>(
        name, static_cast<uint16_t>(interfaces_.size() + 1), pipeline);
    const auto link = name == kAnyInterface ? std::nullopt : links_.Find(name);
    const bool there = name == kAnyInterface || (link && link->admin_up);
    if (there || !options_.wait_for_interface) {
      Open(interface.get(), link);
      spdlog::info("capturing on {}, filter {}", name,
                   interface->members.front().capture->filter().description());
    } else {
      interface->down_reason =
          link ? "an interface is down" : "an interface is not there";
      spdlog::warn("waiting for interface {}: it is {}", name,
                   link ? "down" : "not there");
    }
    interfaces_.push_back(std::move(interface));
  }
  CheckOverlaps();
}

LiveCapture::~LiveCapture() { Stop(); }

void LiveCapture::Start() {
  for (size_t lane = 0; lane < threads_.size(); ++lane) {
    threads_[lane]->thread =
        std::jthread([this, lane](const std::stop_token& stop) {
          const std::string name = threads_.size() == 1
                                       ? "ntm-capture"
                                       : "ntm-capture-" + std::to_string(lane);
          RunThread(name, stop, [&] { Run(lane, stop); });
        });
  }
}

void LiveCapture::Stop() {
  for (const auto& thread : threads_) thread->thread.request_stop();
  Wake();
  for (const auto& thread : threads_) {
    if (thread->thread.joinable()) thread->thread.join();
  }
  const std::scoped_lock lock(pipeline_->lock());
  for (const auto& interface : interfaces_) interface->SetMtuBytes(0);
}

void LiveCapture::Wake() const noexcept {
  for (const auto& thread : threads_) thread->wake.Wake();
}

void LiveCapture::Run(size_t lane, const std::stop_token& stop) {
  const WakeEvent& wake = threads_[lane]->wake;
  const int pause_ms = options_.settings.buffer_bytes / kRingBytesPerMs;
  std::vector<pollfd> ready;
  while (!stop.stop_requested() && !finished()) {
    ready.assign(1, pollfd{wake.descriptor(), POLLIN, 0});
    {
      const auto batch = pipeline_->LockBatch(lane);
      for (const auto& interface : interfaces_) {
        const Member& member = interface->members[lane];
        if (member.CanDispatch()) {
          ready.push_back({member.capture->descriptor(), POLLIN, 0});
        }
      }
    }
    if (poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) {
      Fail(lane,
           std::string("cannot wait for frames: ") + std::strerror(errno));
      std::this_thread::sleep_for(kRefused);
      continue;
    }
    if (ready.front().revents != 0) wake.Take();
    uint64_t packets = 0;
    Brought brought;
    do {
      brought = DispatchAll(lane);
      packets += brought.packets;
    } while (brought.has_more && !stop.stop_requested());
    if (packets >= kBusyPackets && pause_ms > 0) {
      poll(ready.data(), 1, pause_ms);
    }
  }
}

void LiveCapture::Fail(size_t lane, const std::string& why) {
  const auto batch = pipeline_->LockBatch(lane);
  for (const auto& interface : interfaces_) {
    Member& member = interface->members[lane];
    if (member.CanDispatch()) member.failure = why;
  }
}

LiveCapture::Brought LiveCapture::DispatchAll(size_t lane) {
  const auto batch = pipeline_->LockBatch(lane);
  uint64_t total = 0;
  for (const auto& interface : interfaces_) {
    total += interface->members[lane].line.counts().packets;
  }
  Brought brought;
  for (const auto& interface : interfaces_) {
    Member& member = interface->members[lane];
    if (!member.CanDispatch()) continue;
    const uint64_t before = member.line.counts().packets;
    const uint64_t room =
        options_.max_packets == 0 ? kBatchFrames : options_.max_packets - total;
    const Capture::Result result = member.capture->Dispatch(
        static_cast<int>(std::min<uint64_t>(room, kBatchFrames)), &member.line);
    if (result == Capture::Result::kFailed) {
      member.failure = member.capture->error();
      if (member.failure.empty()) member.failure = "capture failed";
    }
    const uint64_t counted = member.line.counts().packets - before;
    total += counted;
    brought.packets += counted;
    brought.has_more = brought.has_more || counted == kBatchFrames;
    if (options_.max_packets != 0 && total >= options_.max_packets) {
      finished_.store(true);
      return {};
    }
  }
  return brought;
}

void LiveCapture::SetDown(Interface* interface, const std::string& reason,
                          bool close) {
  if (interface->up) {
    spdlog::warn("interface {}: {}; counters are kept, waiting for it",
                 interface->name, reason);
  }
  {
    const std::scoped_lock lock(pipeline_->lock());
    interface->up = false;
    interface->down_reason = "an interface is " + reason;
    interface->reconciled_ratio.reset();
  }
  if (close) Close(interface);
}

void LiveCapture::Close(Interface* interface) {
  std::vector<std::unique_ptr<Capture>> closed;
  const std::scoped_lock statistics(statistics_mutex_);
  interface->ReadStatistics();
  const std::scoped_lock lock(pipeline_->lock());
  closed = interface->TakeCaptures();
}

void LiveCapture::CheckLinks(std::chrono::nanoseconds now) {
  for (const auto& interface : interfaces_) {
    Check(interface.get(), now);
    WarnOfSuperpackets(interface.get());
  }
  // Ports come and go; `any` alone stays what it is.
  if (interfaces_.size() > 1) CheckOverlaps();
}

void LiveCapture::WarnOfSuperpackets(Interface* interface) {
  if (interface->superpackets_told) return;
  {
    const std::scoped_lock lock(pipeline_->lock());
    if (interface->Counts().superpackets.frames == 0) return;
  }
  interface->superpackets_told = true;
  spdlog::warn(
      "interface {}: frames longer than its MTU arrive, each several wire "
      "packets merged (GRO, GSO, TSO): bytes are right, packets fewer than on "
      "the wire; ntm_capture_superpacket_segments_total estimates how many",
      interface->name);
}

void LiveCapture::CheckOverlaps() {
  auto overlaps = FindOverlaps(options_.interfaces, links_.All());
  for (const Overlap& overlap : overlaps) {
    if (std::ranges::find(overlaps_, overlap) != overlaps_.end()) continue;
    spdlog::warn("packets are counted more than once: {}; {}", overlap.reason,
                 overlap.interface == overlap.with
                     ? "name one interface with -i"
                     : "capture on one of them only");
  }
  const std::scoped_lock lock(pipeline_->lock());
  overlaps_ = std::move(overlaps);
}

void LiveCapture::Check(Interface* interface, std::chrono::nanoseconds now) {
  std::string failure;
  {
    const std::scoped_lock lock(pipeline_->lock());
    failure = interface->Failure();
  }
  const bool is_any = interface->name == kAnyInterface;
  const auto link = is_any ? std::nullopt : links_.Find(interface->name);
  if (!is_any && !link) {
    SetDown(interface, "gone", true);
    return;
  }
  if (link && interface->IsOpen() && link->index != interface->opened_index) {
    SetDown(interface, "another one of the same name", true);
  }
  if (!failure.empty()) {
    spdlog::warn("interface {}: {}", interface->name, failure);
    SetDown(interface, "failing", true);
  }
  if (link && !link->admin_up) {
    SetDown(interface, "down", false);
    return;
  }
  if (!interface->IsOpen()) {
    TryOpen(interface, now);
    return;
  }
  if (!interface->up) {
    spdlog::info("interface {} is up again", interface->name);
    const std::scoped_lock lock(pipeline_->lock());
    interface->up = true;
  }
  if (link) Reconcile(interface, *link);
}

void LiveCapture::Open(Interface* interface,
                       const std::optional<LinkState>& link) {
  auto captures = Capture::OpenShared(interface->name, options_.settings,
                                      interface->members.size());
  if (!IsLinkTypeSupported(captures.front()->link_type())) {
    spdlog::warn(
        "interface {}: nothing of it can be counted, its frames are {}, a link "
        "type that ntm does not know",
        interface->name, LinkTypeName(captures.front()->link_type()));
  }
  interface->opened_index = link ? link->index : 0;
  interface->last_link = link ? links_.Find(interface->name) : std::nullopt;
  const std::scoped_lock statistics(statistics_mutex_);
  const std::scoped_lock lock(pipeline_->lock());
  for (size_t lane = 0; lane < captures.size(); ++lane) {
    interface->members[lane].capture = std::move(captures[lane]);
  }
  if (link) interface->SetMtuBytes(link->mtu_bytes);
  // What came through an earlier opening after the last tick was counted by
  // another interface of this name.
  if (link) interface->last_wire_bytes = interface->WireBytes(*link);
  interface->up = true;
}

void LiveCapture::TryOpen(Interface* interface, std::chrono::nanoseconds now) {
  if (now < interface->retry_at) return;
  try {
    Open(interface, links_.Find(interface->name));
    interface->backoff = std::chrono::nanoseconds(0);
    spdlog::info("capturing on {}", interface->name);
    Wake();
  } catch (const std::exception& error) {
    interface->backoff = std::clamp<std::chrono::nanoseconds>(
        interface->backoff * 2, std::chrono::seconds(1), kMaxBackoff);
    interface->retry_at = now + interface->backoff;
    spdlog::warn(
        "{}; trying again in {} s", error.what(),
        std::chrono::duration_cast<std::chrono::seconds>(interface->backoff)
            .count());
  }
}

// What was captured in the last tick against what the kernel counted.
void LiveCapture::Reconcile(Interface* interface, const LinkState& link) {
  const std::scoped_lock lock(pipeline_->lock());
  interface->SetMtuBytes(link.mtu_bytes);
  const uint64_t wire_bytes = interface->WireBytes(link);
  // Loopback counts each frame as sent and received; it is captured once.
  const auto moved = [](const LinkState& state) {
    return state.receive_bytes + (state.is_loopback ? 0 : state.transmit_bytes);
  };
  interface->reconciled_ratio.reset();
  if (interface->last_link && options_.settings.filter.empty() &&
      !link.is_bridge && moved(link) > moved(*interface->last_link)) {
    interface->reconciled_ratio =
        static_cast<double>(wire_bytes - interface->last_wire_bytes) /
        static_cast<double>(moved(link) - moved(*interface->last_link));
  }
  interface->last_link = link;
  interface->last_wire_bytes = wire_bytes;
}

void LiveCapture::AddTo(Snapshot* snapshot) const {
  for (const auto& interface : interfaces_) {
    CaptureCounters counters;
    counters.interface = interface->name;
    counters.up = interface->up;
    counters.down_reason = interface->up ? "" : interface->down_reason;
    const Pipeline::InputCounts counts = interface->Counts();
    counters.packets = counts.packets;
    counters.bytes = counts.bytes;
    counters.wire_bytes = counts.wire_bytes;
    counters.superpackets = counts.superpackets.frames;
    counters.superpacket_segments = counts.superpackets.segments;
    counters.classes = counts.classes;
    counters.filtered_packets = interface->FilteredPackets();
    counters.reconciled_ratio = interface->reconciled_ratio;
    for (const Overlap& overlap : overlaps_) {
      if (overlap.interface == interface->name) {
        counters.overlaps.push_back(overlap.with);
      }
    }
    snapshot->captures.push_back(std::move(counters));
  }
}

void LiveCapture::AddStatisticsTo(Snapshot* snapshot) const {
  const std::scoped_lock statistics(statistics_mutex_);
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    Interface& interface = *interfaces_[i];
    interface.ReadStatistics();
    CaptureCounters& counters = snapshot->captures[i];
    counters.received_packets = interface.received_packets;
    counters.dropped_by_kernel_packets = interface.dropped_by_kernel_packets;
    counters.dropped_by_interface_packets =
        interface.dropped_by_interface_packets;
  }
}

}  // namespace ntm
