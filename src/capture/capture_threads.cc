#include "capture_threads.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

#include "ntm/base/thread_work.h"
#include "ntm/capture/capture_reader.h"

namespace ntm {
namespace {

constexpr uint64_t kLiveBatchFrames = 1024;
// With this many frames at once, the thread rests to be woken less often.
constexpr uint64_t kBusyFrames = 512;
// Makes a rest so short that only 2 GB/s would fill the ring in that time,
// which is 12 million of the shortest frames per second. To wake up takes as
// long as to count some hundred packets.
constexpr int kRingBytesPerMs = 2 << 20;
constexpr int kLongestRestMs = 100;

}  // namespace

class CaptureThreads::Lane final : private CaptureSet {
 public:
  Lane(const LiveCaptureOptions& options, const Interfaces& interfaces,
       Pipeline* pipeline, size_t number, std::atomic<bool>* finished)
      : interfaces_(interfaces),
        pipeline_(pipeline),
        number_(number),
        rest_(std::min(options.settings.buffer_bytes / kRingBytesPerMs,
                       kLongestRestMs)),
        max_packets_(options.max_packets),
        finished_(finished) {}

  void Start(const std::string& name) {
    thread_ = std::jthread([this, name](const std::stop_token& stop) {
      RunThread(name, stop, [&] { Run(stop); });
    });
  }
  void RequestStop() {
    thread_.request_stop();
    Wake();
  }
  void Join() {
    if (thread_.joinable()) thread_.join();
  }
  void Wake() const noexcept { reader_.Wake(); }

 private:
  void Run(const std::stop_token& stop) {
    const auto goes_on = [&] {
      return !stop.stop_requested() && !finished_->load();
    };
    while (goes_on()) {
      reader_.Wait();
      uint64_t frames = 0;
      CaptureReader::Batch batch;
      do {
        batch = reader_.Read();
        frames += batch.frames;
      } while (batch.has_more && goes_on());
      if (frames >= kBusyFrames && rest_.count() > 0) reader_.Rest(rest_);
    }
  }

  void ForEach(const Use& use) override {
    const auto lock = pipeline_->LockBatch(number_);
    for (const auto& interface : interfaces_) {
      LiveInterface::Share& share = interface->share(number_);
      if (!share.CanRead()) continue;
      const uint64_t most = std::min(kLiveBatchFrames, PacketsLeft());
      if (most == 0) break;
      share.failure =
          use(share.capture.get(), &share.input, static_cast<int>(most));
    }
    if (PacketsLeft() == 0) finished_->store(true);
  }

  // Packets until max_packets, or a whole batch if there is no limit. REQUIRES:
  // the lane's lock held; with a limit there is no other lane.
  uint64_t PacketsLeft() const {
    if (max_packets_ == 0) return kLiveBatchFrames;
    uint64_t packets = 0;
    for (const auto& interface : interfaces_) {
      packets += interface->PacketsOf(number_);
    }
    return packets < max_packets_ ? max_packets_ - packets : 0;
  }

  const Interfaces& interfaces_;
  Pipeline* pipeline_;
  size_t number_;
  std::chrono::milliseconds rest_;
  uint64_t max_packets_;
  std::atomic<bool>* finished_;
  CaptureReader reader_{this};
  std::jthread thread_;
};

CaptureThreads::CaptureThreads(const LiveCaptureOptions* options,
                               const Interfaces* interfaces,
                               Pipeline* pipeline) {
  for (size_t lane = 0; lane < pipeline->lane_count(); ++lane) {
    lanes_.push_back(std::make_unique<Lane>(*options, *interfaces, pipeline,
                                            lane, &finished_));
  }
}

CaptureThreads::~CaptureThreads() { Stop(); }

void CaptureThreads::Start() {
  for (size_t lane = 0; lane < lanes_.size(); ++lane) {
    lanes_[lane]->Start(lanes_.size() == 1
                            ? "ntm-capture"
                            : "ntm-capture-" + std::to_string(lane));
  }
}

void CaptureThreads::Stop() {
  for (const auto& lane : lanes_) lane->RequestStop();
  for (const auto& lane : lanes_) lane->Join();
}

void CaptureThreads::Wake() const noexcept {
  for (const auto& lane : lanes_) lane->Wake();
}

}  // namespace ntm
