#include "doctor_probe.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <system_error>
#include <utility>

#include "app/run/factories.h"
#include "ntm/base/error.h"
#include "ntm/capture/capture_filter.h"
#include "ntm/capture/capture_reader.h"
#include "ntm/capture/pipeline.h"
#include "ntm/decode/decode.h"
#include "ntm/flow/snapshot.h"
#include "ntm/net/link.h"

namespace ntm {
namespace {

using std::chrono::steady_clock;

constexpr int kBatchFrames = 1024;
constexpr size_t kMaxPairs = 4096;
constexpr uint16_t kPppoeSession = 0x8864;

class FrameCount final : public FrameSink {
 public:
  void OnFrame(const Frame&) noexcept override { ++frames_; }
  uint64_t frames() const { return frames_; }

 private:
  uint64_t frames_ = 0;
};

// Counts frames as ntm does, and additionally by encapsulation.
class Observer final : public FrameSink {
 public:
  void OnFrame(const Frame& frame) noexcept override {
    ++frames_;
    input_.OnFrame(frame);
    Packet packet;
    if (Decode(frame, &packet) != DecodeStatus::kOk) return;
    if (packet.has_vlan) {
      ++vlan_frames_;
    } else if (IsPppoe(frame)) {
      ++pppoe_frames_;
    }
  }

  void WriteTo(TrafficSample* sample) {
    sample->frames = frames_;
    sample->vlan_frames = vlan_frames_;
    sample->pppoe_frames = pppoe_frames_;
    Snapshot snapshot;
    const std::scoped_lock lock(pipeinput_.lock());
    pipeinput_.CopyTo(&snapshot);
    sample->unknown_link_frames = snapshot.decode_errors[static_cast<size_t>(
        DecodeStatus::kUnsupportedLinkType)];
    CountTcp(snapshot.flows, sample);
  }

 private:
  static bool IsPppoe(const Frame& frame) {
    constexpr int kEthernet = 1;  // DLT_EN10MB
    return frame.link_type == kEthernet && frame.captured_bytes >= 14 &&
           (frame.data[12] << 8 | frame.data[13]) == kPppoeSession;
  }

  static void CountTcp(const std::vector<Flow>& flows, TrafficSample* sample) {
    std::set<std::pair<std::string, std::string>> seen;
    for (const Flow& flow : flows) {
      const Address src = flow.key.Src();
      if (flow.key.protocol() != kProtocolTcp ||
          src.kind == AddressKind::kOther) {
        continue;
      }
      sample->tcp_packets += flow.packets;
      const std::string from = ToString(src);
      const std::string to = ToString(flow.key.Dst());
      if (!seen.emplace(from, to).second) continue;
      const bool is_answer = from != to && seen.contains({to, from});
      ++(is_answer ? sample->tcp_answered_pairs : sample->tcp_pairs);
      // A host that sends to itself is both ends.
      if (from == to) ++sample->tcp_answered_pairs;
    }
  }

  Pipeline pipeinput_{kMaxPairs, 0, std::make_shared<const Services>()};
  Pipeline::Input input_{&pipeinput_, 1};
  uint64_t frames_ = 0;
  uint64_t vlan_frames_ = 0;
  uint64_t pppoe_frames_ = 0;
};

// One interface under observation.
class Probe {
 public:
  Probe(const std::string& interface, const Options& options) {
    sample_.interface = interface;
    CaptureSettings settings = CaptureSettingsOf(options);
    const bool has_filter = !settings.filter.empty();
    CaptureSettings everything = settings;
    everything.filter.clear();
    if (has_filter) {
      everything.buffer_bytes =
          std::min(settings.buffer_bytes, CaptureSettings().buffer_bytes);
    }
    if (!Open("capture", everything, &everything_) || !has_filter) return;
    if (Open("filter", settings, &filtered_)) {
      sample_.filter_description = filtered_->filter().description();
    }
  }

  bool IsUsable() const { return !sample_.failure; }

  // Each capture, while none has failed.
  void ForEach(const CaptureSet::Use& use) {
    Use(use, everything_.get(), &observer_);
    Use(use, filtered_.get(), &matching_);
  }

  TrafficSample Finish(int seconds, Links* links) {
    sample_.seconds = seconds;
    if (!IsUsable()) return sample_;
    const auto statistics = (filtered_ ? filtered_ : everything_)->Statistics();
    if (statistics) sample_.statistics = *statistics;
    observer_.WriteTo(&sample_);
    sample_.matching_frames = filtered_ ? matching_.frames() : sample_.frames;
    const std::string& name = sample_.interface;
    const auto link = links->Find(name);
    if (link) sample_.promiscuity = link->promiscuity;
    std::error_code ignored;
    sample_.is_wireless = std::filesystem::exists(
        "/sys/class/net/" + name + "/phy80211", ignored);
    return sample_;
  }

 private:
  bool Open(const char* what, const CaptureSettings& settings,
            std::unique_ptr<Capture>* capture) {
    try {
      *capture = Capture::OpenInterface(sample_.interface, settings);
    } catch (const Error& error) {
      sample_.failure = Fail(what, error);
    }
    return IsUsable();
  }

  void Use(const CaptureSet::Use& use, Capture* capture, FrameSink* sink) {
    if (!IsUsable() || capture == nullptr) return;
    const std::string why = use(capture, sink, kBatchFrames);
    if (!why.empty()) {
      sample_.failure = Fail("capture", sample_.interface + ": " + why,
                             "check that the interface stays up");
    }
  }

  TrafficSample sample_;
  std::unique_ptr<Capture> everything_;
  std::unique_ptr<Capture> filtered_;  // null without a filter
  Observer observer_;
  FrameCount matching_;
};

// All interfaces under observation.
class Probes final : public CaptureSet {
 public:
  Probes(const std::vector<std::string>& interfaces, const Options& options) {
    for (const std::string& interface : interfaces) {
      probes_.push_back(std::make_unique<Probe>(interface, options));
    }
  }

  void ForEach(const Use& use) override {
    for (const auto& probe : probes_) probe->ForEach(use);
  }

  bool HasUsable() const {
    return std::ranges::any_of(
        probes_, [](const auto& probe) { return probe->IsUsable(); });
  }

  std::vector<TrafficSample> Finish(int seconds) {
    std::vector<TrafficSample> samples;
    samples.reserve(probes_.size());
    Links links;
    for (const auto& probe : probes_) {
      samples.push_back(probe->Finish(seconds, &links));
    }
    return samples;
  }

 private:
  std::vector<std::unique_ptr<Probe>> probes_;
};

}  // namespace

std::vector<TrafficSample> ProbeTraffic(
    const std::vector<std::string>& interfaces, const Options& options,
    std::chrono::seconds duration, const std::function<void(int)>& progress) {
  using std::chrono::milliseconds;
  constexpr milliseconds kLongestWait{200};
  Probes probes(interfaces, options);
  CaptureReader reader(&probes);
  const auto end = steady_clock::now() + duration;
  for (auto left = end - steady_clock::now(); left.count() > 0;
       left = end - steady_clock::now()) {
    progress(static_cast<int>(
        std::chrono::ceil<std::chrono::seconds>(left).count()));
    if (!probes.HasUsable()) break;
    reader.Wait(std::min(std::chrono::ceil<milliseconds>(left), kLongestWait));
    reader.Read();
  }
  return probes.Finish(static_cast<int>(duration.count()));
}

}  // namespace ntm
