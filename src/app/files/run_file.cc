#include <fmt/format.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <string_view>

#include "app/host/module_host.h"
#include "app/run/factories.h"
#include "app/run/run.h"
#include "app/run/signals.h"
#include "app/run/systemd_notify.h"
#include "app/sandbox/rights.h"
#include "app/serve/web_server.h"
#include "backfill.h"
#include "ntm/base/error.h"
#include "ntm/capture/capture_filter.h"
#include "ntm/capture/dns_tap.h"
#include "ntm/capture/pipeline.h"
#include "ntm/capture/unsupported_link_type.h"
#include "ntm/decode/decode.h"

namespace ntm {
namespace {

using std::chrono::nanoseconds;

constexpr std::string_view kStandardInput = "-";
constexpr int kFileBatchFrames = 4096;
constexpr int kInputPollMs = 100;
constexpr int64_t kTickNs = 1'000'000'000;

// Shows on a terminal how many packets have been read.
class Progress {
 public:
  void Show(uint64_t packets) {
    const auto now = std::chrono::steady_clock::now();
    if (!is_terminal_ || now - shown_at_ < std::chrono::milliseconds(500)) {
      return;
    }
    shown_at_ = now;
    shown_ = true;
    std::fprintf(stderr, "\r%.1f million packets read ",
                 static_cast<double>(packets) / 1e6);
  }
  ~Progress() {
    if (shown_) std::fputs("\n", stderr);
  }

 private:
  bool is_terminal_ = isatty(STDERR_FILENO) != 0;
  bool shown_ = false;
  std::chrono::steady_clock::time_point shown_at_ =
      std::chrono::steady_clock::now();
};

class FileRun final : private InputWaiter {
 public:
  FileRun(const Options& options, std::vector<std::unique_ptr<Module>> modules)
      : options_(options),
        rights_(options),
        anonymizer_(MakeAnonymizer(options)),
        // A constant hash seed: the same file always gives the same output.
        pipeline_(options.max_series, 0, LoadServices(options), options.labels,
                  1, MakeTrafficClasses(options)),
        input_(&pipeline_, 1),
        listeners_(DnsListenersOf(options, modules)),
        packet_log_(PacketLogOf(modules)),
        host_({options.metric_prefix, options.telemetry_path, true},
              std::move(modules), [this] { return TakeSnapshot(); }) {}

  int Run() {
    OpenInputs();
    if (!options_.openmetrics_path.empty()) StartBackfill();
    const auto local_networks = LocalNetworksOf(options_, {});
    pipeline_.SetLocalNetworks(local_networks);
    host_.SetLocalNetworks(local_networks);
    pipeline_.LogTo(packet_log_, anonymizer_);
    signals::TakeCare();
    host_.Open();
    std::unique_ptr<WebServer> server;
    if (options_.serve) {
      server = std::make_unique<WebServer>(options_, &host_);
      server->SetLocalNetworks(local_networks);
      server->Bind();
    }
    signals::PauseStart();
    rights_.DropForFile(host_.WrittenPaths());
    signals::ResumeStart();
    host_.Start();
    const bool has_head = ReadHead(&files_.front());
    if (signals::EndStart() || !has_head) return 0;
    host_.NoteReadiness();
    if (server) server->Start();
    systemd_.Ready();
    bool interrupted = ReadDnsFirst();
    SetNames();
    interrupted = interrupted || ReadAll();
    if (backfill_ && interrupted) {
      throw Error("interrupted: " + options_.openmetrics_path +
                  " is not written; run ntm again");
    }
    if (interrupted) return 0;
    host_.NoteReadiness();
    if (backfill_) {
      backfill_->Finish();
    } else if (options_.serve) {
      spdlog::info("finished reading {}: {} packets",
                   fmt::join(options_.read_paths, ", "),
                   input_.counts().packets);
      while (!SignalCame(std::chrono::seconds(1))) server->OnTick();
    } else {
      PrintExposition(host_);
    }
    return !options_.serve && NothingCounted() ? kExitFailure : 0;
  }

 private:
  // Returns true iff a signal arrived. Called in every wait, because it also
  // notifies the service manager's watchdog.
  bool SignalCame(nanoseconds timeout) {
    systemd_.Alive(std::chrono::steady_clock::now().time_since_epoch());
    return signals::Wait(timeout);
  }

  std::shared_ptr<const Snapshot> TakeSnapshot() {
    auto snapshot = std::make_shared<Snapshot>();
    const std::scoped_lock lock(pipeline_.lock());
    pipeline_.CopyTo(snapshot.get());
    const Pipeline::InputCounts& counts = input_.counts();
    snapshot->time_ns = counts.last_frame_ns;
    snapshot->anonymizer = anonymizer_;
    snapshot->is_file = true;
    snapshot->file_read_to_end = read_to_end_.load();
    CaptureCounters counters;
    counters.interface = "file";
    counters.up = true;
    counters.packets = counts.packets;
    counters.bytes = counts.bytes;
    counters.wire_bytes = counts.wire_bytes;
    counters.classes = counts.classes;
    snapshot->captures.push_back(std::move(counters));
    return snapshot;
  }

  // Opens the files before privileges are dropped, but reads nothing.
  void OpenInputs() {
    for (const std::string& path : options_.read_paths) {
      files_.emplace_back(path);
      const InputFile& input = files_.back();
      if (!input.is_regular() || path == kStandardInput) continue;
      for (DnsListener* listener : listeners_) {
        dns_inputs_.push_back({InputFile(path), listener});
      }
    }
  }

  // Reads the file header; returns false iff a signal arrived first.
  bool ReadHead(InputFile* input) {
    const std::string path = input->path();
    try {
      capture_ = Capture::OpenFile(std::move(*input),
                                   CaptureSettingsOf(options_), this);
    } catch (const Error&) {
      if (interrupted_) return false;
      throw;
    }
    if (!options_.filter.empty()) {
      spdlog::info("reading {}, filter {}", path,
                   capture_->filter().description());
    }
    if (!IsLinkTypeSupported(capture_->link_type())) {
      has_unknown_link_type_ = true;
      spdlog::warn(
          "{}: its frames cannot be counted, because {}; docs/link-types.md "
          "lists the supported link types",
          path, WhyUnsupported(capture_->link_type()));
    }
    return true;
  }

  // Gives exit code 1, so that a script notices that there are no numbers.
  bool NothingCounted() const {
    return has_unknown_link_type_ && input_.counts().bytes == 0;
  }

  // Waits for a pipe without holding the lock, and ends on a signal.
  bool WaitForInput(int descriptor) override {
    if (batch_.owns_lock()) batch_.unlock();
    pollfd input{descriptor, POLLIN, 0};
    while (!interrupted_ && poll(&input, 1, kInputPollMs) == 0) {
      interrupted_ = SignalCame(nanoseconds(0));
    }
    if (dispatching_) batch_ = pipeline_.LockBatch();
    return !interrupted_;
  }

  // Passes all DNS packets of the files to the DNS listeners before the packets
  // are counted; returns true iff a signal arrived. A pipe cannot be read
  // twice, so its DNS packets are not used.
  bool ReadDnsFirst() {
    bool interrupted = false;
    for (DnsInput& input : dns_inputs_) {
      ReadDns(std::move(input.file), input.listener, [this, &interrupted] {
        interrupted = interrupted || SignalCame(nanoseconds(0));
        return !interrupted;
      });
    }
    return interrupted;
  }

  // Uses the names from files and from the capture's own DNS packets only: the
  // replies to reverse lookups come too late and would make the result depend
  // on their timing.
  void SetNames() {
    const auto names = host_.LabelNames();
    if (names && !anonymizer_) pipeline_.SetNames(names);
  }

  // Reads all files in turn, or up to --count; returns true iff a signal
  // arrived first. It does not use a CaptureReader: a file never has to be
  // waited for, a pipe is waited for within Dispatch() (WaitForInput()), and
  // each batch is followed by a tick of the packets' own time.
  bool ReadAll() {
    Progress progress;
    for (size_t i = 0; i < files_.size(); ++i) {
      // The header of the first one has already been read.
      if (i > 0 && Room() == 0) break;
      if (i > 0 && !ReadHead(&files_[i])) return true;
      if (Read(options_.read_paths[i], &progress)) return true;
    }
    read_to_end_.store(true);
    return false;
  }

  bool Read(const std::string& path, Progress* progress) {
    const uint64_t packets_before = input_.counts().packets;
    Capture::Result result = Capture::Result::kMore;
    while (result == Capture::Result::kMore && Room() > 0) {
      result = Dispatch(static_cast<int>(Room()));
      Tick();
      progress->Show(input_.counts().packets);
      interrupted_ = interrupted_ || SignalCame(nanoseconds(0));
      if (interrupted_) return true;
    }
    if (result == Capture::Result::kFailed) {
      Complain(path, input_.counts().packets - packets_before);
    }
    return false;
  }

  Capture::Result Dispatch(int max_frames) {
    pipeline_.WaitForLog(static_cast<size_t>(max_frames));
    if (backfill_) {
      const auto result = capture_->Dispatch(max_frames, backfill_.get());
      backfill_->Rethrow();
      return result;
    }
    batch_ = pipeline_.LockBatch();
    dispatching_ = true;
    const auto result = capture_->Dispatch(max_frames, &input_);
    dispatching_ = false;
    batch_.unlock();
    return result;
  }

  void StartBackfill() {
    for (const std::string& path : options_.read_paths) {
      std::error_code none;
      if (std::filesystem::equivalent(path, options_.openmetrics_path, none)) {
        throw Error("cannot write " + options_.openmetrics_path +
                    ": it is the input file; name another one");
      }
    }
    backfill_ = std::make_unique<Backfill>(
        options_.openmetrics_path, options_.step, &input_,
        [this] { return host_.Scrape(ExpositionFormat::kOpenMetrics); });
  }

  uint64_t Room() const {
    if (options_.count == 0) return kFileBatchFrames;
    return std::min<uint64_t>(kFileBatchFrames,
                              options_.count - input_.counts().packets);
  }

  // Ticks follow the packets' timestamps; a pause of hours is one tick.
  void Tick() {
    const int64_t now = input_.counts().last_frame_ns;
    if (ticked_at_ns_ == 0) ticked_at_ns_ = now;
    if (now - ticked_at_ns_ < kTickNs) return;
    const nanoseconds idle_timeout = options_.idle_timeout;
    if (idle_timeout.count() > 0) {
      pipeline_.EvictIdle(now - idle_timeout.count());
    }
    host_.OnTick(now, nanoseconds(now - ticked_at_ns_));
    ticked_at_ns_ = now;
  }

  void Complain(const std::string& path, uint64_t packets) const {
    if (packets == 0) {
      throw Error("cannot read " + path + ": " + capture_->error() +
                  "; it has no complete packet");
    }
    spdlog::warn(
        "{} is damaged after packet {}: {}; the packets before that "
        "are counted",
        path, packets, capture_->error());
  }

  struct DnsInput {
    InputFile file;
    DnsListener* listener;
  };

  const Options& options_;
  Rights rights_;
  SystemdNotifier systemd_;
  std::shared_ptr<const Anonymizer> anonymizer_;
  Pipeline pipeline_;
  Pipeline::Input input_;
  bool interrupted_ = false;
  bool dispatching_ = false;  // batch_ is held, except in WaitForInput()
  std::unique_lock<std::mutex> batch_;
  std::vector<InputFile> files_;      // moved to capture_ by ReadHead()
  std::vector<DnsInput> dns_inputs_;  // regular files, opened a second time
  std::unique_ptr<Capture> capture_;  // of the current file
  bool has_unknown_link_type_ = false;
  std::atomic<bool> read_to_end_ = false;
  int64_t ticked_at_ns_ = 0;
  std::vector<DnsListener*> listeners_;
  std::shared_ptr<PacketLog> packet_log_;  // null: none
  ModuleHost host_;
  std::unique_ptr<Backfill> backfill_;  // null without --openmetrics
};

}  // namespace

int RunFile(const Options& options,
            std::vector<std::unique_ptr<Module>> modules) {
  return FileRun(options, std::move(modules)).Run();
}

}  // namespace ntm
