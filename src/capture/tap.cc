#include "ntm/capture/tap.h"

#include <spdlog/spdlog.h>

#include <array>
#include <chrono>
#include <utility>

#include "ntm/base/error.h"
#include "ntm/base/thread_work.h"
#include "ntm/net/link.h"
#include "ntm/savefile/savefile_reader.h"

namespace ntm {
namespace {

using std::chrono::steady_clock;

constexpr int kWholeFrame = 65535;
constexpr int kTapRingBytes = 1 << 20;
// Between two reads of the ring, which limits the cost of a flood.
constexpr std::chrono::milliseconds kRest{100};
constexpr int kFramesARest =
    static_cast<int>(Tap::kMaxPerSecond * kRest.count() / 1000);
constexpr std::chrono::seconds kTapCheckInterval{5};

constexpr size_t kTapFramesAtOnce = 256;

CaptureSettings SettingsOf(const std::string& filter, bool promiscuous) {
  CaptureSettings settings;
  settings.filter = filter;
  settings.snaplen_bytes = kWholeFrame;
  settings.buffer_bytes = kTapRingBytes;
  settings.promiscuous = promiscuous;
  return settings;
}

}  // namespace

void ReadTaps(InputFile file, const std::vector<TapPlan>& plans,
              const std::function<bool()>& go_on) {
  SavefileReader reader(std::move(file));
  std::array<Frame, kTapFramesAtOnce> frames;
  size_t count = 1;
  while (count > 0 && go_on()) {
    try {
      count = reader.Read(frames.data(), frames.size());
    } catch (const Error&) {
      return;  // whoever counts the packets says so
    }
    for (size_t i = 0; i < count; ++i) {
      for (const TapPlan& plan : plans) plan.sink->OnFrame(frames[i]);
    }
  }
}

// What is read, each interface for itself.
class Tap::Interfaces final : public CaptureSet {
 public:
  Interfaces(std::vector<std::string> names, bool promiscuous,
             const std::string& filter, TapSink* sink)
      : settings_(SettingsOf(filter, promiscuous)), sink_(sink) {
    for (std::string& name : names) {
      interfaces_.emplace_back().name = std::move(name);
    }
  }

  void ForEach(const Use& use) override {
    for (Interface& interface : interfaces_) {
      if (interface.capture == nullptr) continue;
      if (!use(interface.capture.get(), sink_, kFramesARest).empty()) {
        interface.capture.reset();
      }
    }
  }

  // libpcap polls a deleted interface in silence, so the kernel is asked.
  void OpenMissing() try {
    Links links;
    for (Interface& interface : interfaces_) {
      const auto link = interface.name == kAnyInterface
                            ? std::nullopt
                            : links.Find(interface.name);
      Open(&interface, link ? link->index : 0);
    }
  } catch (const Error& error) {
    spdlog::warn("no names from the wire: {}", error.what());
  }

  void TellLosses() {
    for (Interface& interface : interfaces_) {
      if (interface.capture == nullptr) continue;
      const auto counts = interface.capture->Statistics();
      if (!counts) continue;
      // Modulo 2³², as libpcap counts.
      const uint32_t more =
          counts->dropped_by_kernel_packets - interface.told_dropped;
      interface.told_dropped = counts->dropped_by_kernel_packets;
      if (more > 0) sink_->OnLost(more);
    }
  }

 private:
  struct Interface {
    std::string name;
    std::unique_ptr<Capture> capture;  // null: to be opened
    int opened_index = 0;
    uint32_t told_dropped = 0;  // since it was opened
    bool has_warned = false;
  };

  void Open(Interface* interface, int index) {
    if (interface->capture && interface->opened_index == index) return;
    interface->capture.reset();
    interface->told_dropped = 0;
    try {
      interface->capture = Capture::OpenInterface(interface->name, settings_);
      interface->opened_index = index;
      interface->has_warned = false;
    } catch (const std::exception& error) {
      if (!std::exchange(interface->has_warned, true)) {
        spdlog::warn("no names from the wire: {}", error.what());
      }
    }
  }

  CaptureSettings settings_;
  TapSink* sink_;
  std::vector<Interface> interfaces_;
};

Tap::Tap(std::vector<std::string> interfaces, bool promiscuous, TapPlan plan)
    : plan_(std::move(plan)),
      interfaces_(std::make_unique<Interfaces>(
          std::move(interfaces), promiscuous, plan_.filter, plan_.sink.get())),
      reader_(interfaces_.get()) {
  interfaces_->OpenMissing();
}

Tap::~Tap() { Stop(); }

void Tap::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    RunThread(plan_.thread_name, stop, [&] { Run(stop); });
  });
}

void Tap::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  reader_.Wake();
  thread_.join();
}

void Tap::Run(const std::stop_token& stop) {
  auto check_at = steady_clock::now() + kTapCheckInterval;
  // Woken only to stop.
  while (!stop.stop_requested()) {
    if (reader_.Rest(kRest)) continue;
    reader_.Wait(kTapCheckInterval);
    reader_.Read();
    if (steady_clock::now() >= check_at) {
      interfaces_->TellLosses();
      interfaces_->OpenMissing();
      check_at = steady_clock::now() + kTapCheckInterval;
    }
  }
}

}  // namespace ntm
