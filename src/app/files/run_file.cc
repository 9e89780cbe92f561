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
#include <utility>

#include "app/host/module_host.h"
#include "app/run/factories.h"
#include "app/run/run.h"
#include "app/run/signals.h"
#include "app/run/systemd_notify.h"
#include "app/sandbox/rights.h"
#include "app/serve/web_server.h"
#include "backfill.h"
#include "file_inputs.h"
#include "ntm/base/error.h"
#include "ntm/capture/capture_filter.h"
#include "ntm/capture/file_capture.h"
#include "ntm/capture/pipeline.h"
#include "ntm/capture/tap.h"
#include "ntm/flow/snapshot_memory.h"
#include "ntm/savefile/file_series.h"

namespace ntm {
namespace {

using std::chrono::nanoseconds;

constexpr std::string_view kStandardInput = "-";
constexpr size_t kFileBatchFrames = 4096;
constexpr int kInputPollMs = 100;
// How often a file that grows is looked at.
constexpr std::chrono::milliseconds kFollowInterval{100};
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

class FileRun final : public InputWaiter {
 public:
  FileRun(const Options& options, std::vector<std::unique_ptr<Module>> modules)
      : options_(options),
        rights_(options),
        anonymizer_(MakeAnonymizer(options)),
        // A constant hash seed: the same file always gives the same output.
        pipeline_(options.max_series, 0, LoadServices(options), options.labels,
                  1, MakeTrafficClasses(options), options.conversations),
        inputs_(&pipeline_, options.labels.labels.Has(FlowLabel::kInterface)),
        taps_(TapsOf(options, false, *pipeline_.traffic_classes(), modules)),
        packet_log_(PacketLogOf(modules)),
        host_({options.metric_prefix, options.telemetry_path, true},
              std::move(modules), [this] { return TakeSnapshot(); }) {}

  int Run() {
    OpenInputs();
    if (!options_.openmetrics_path.empty()) StartBackfill();
    const auto local_networks = LocalNetworksOf(options_, {});
    pipeline_.SetLocalNetworks(local_networks);
    host_.SetLocalNetworks(local_networks);
    host_.SetTrafficClasses(pipeline_.traffic_classes(), options_.anonymize);
    WarnOfUnusedDomains(options_, host_.LearnsServers());
    pipeline_.LogTo(packet_log_, anonymizer_);
    signals::TakeCare();
    host_.Open();
    if (options_.serve) {
      server_ = std::make_unique<WebServer>(options_, &host_);
      server_->SetLocalNetworks(local_networks);
      server_->Bind();
    }
    signals::PauseStart();
    rights_.DropForFile(host_.WrittenPaths());
    signals::ResumeStart();
    host_.Start();
    // A series may have no file yet.
    const bool has_head = series_ || ReadHead(std::move(files_.front()));
    if (signals::EndStart() || !has_head) return 0;
    host_.NoteReadiness();
    if (server_) server_->Start();
    systemd_.Ready();
    bool interrupted = ReadNamesFirst();
    SetNames();
    interrupted = interrupted || (series_ ? Follow() : ReadAll());
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
                   fmt::join(options_.read_paths, ", "), inputs_.packets());
      while (!SignalCame(std::chrono::seconds(1))) server_->OnTick();
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
    auto snapshot = snapshot_memory_.Make();
    const std::scoped_lock lock(pipeline_.lock());
    pipeline_.CopyTo(snapshot.get());
    inputs_.AddTo(snapshot.get());
    snapshot->anonymizer = anonymizer_;
    snapshot->is_file = true;
    snapshot->file_read_to_end = read_to_end_.load();
    snapshot->file_skipped_bytes = skipped_bytes_.load();
    return snapshot;
  }

  // Opens the files before privileges are dropped, but reads nothing.
  void OpenInputs() {
    if (options_.follow) {
      series_ = std::make_unique<FileSeries>(options_.read_paths.front());
      return;
    }
    for (const std::string& path : options_.read_paths) {
      files_.emplace_back(path);
      const InputFile& input = files_.back();
      if (taps_.empty() || !input.is_regular() || path == kStandardInput) {
        continue;
      }
      tapped_files_.emplace_back(path);
    }
  }

  // Reads the file header; returns false iff a signal arrived first.
  bool ReadHead(InputFile input) {
    const std::string path = input.path();
    try {
      capture_ = std::make_unique<FileCapture>(
          std::move(input), CaptureSettingsOf(options_), this, series_.get());
    } catch (const Error&) {
      if (interrupted_) return false;
      throw;
    }
    inputs_.BeginFile(&capture_->reader().interface_names());
    skipped_before_ = skipped_bytes_.load();
    if (!options_.filter.empty()) {
      spdlog::info("reading {}, filter {}", path,
                   capture_->filter_description());
    } else if (series_) {
      spdlog::info("reading {}", path);
    }
    return true;
  }

  // Gives exit code 1, so that a script notices that there are no numbers.
  bool NothingCounted() const {
    return has_unsupported_ && inputs_.bytes() == 0;
  }

  // Waits for a pipe, or a moment for a file that grows, without holding the
  // lock, and ends on a signal.
  bool WaitForInput(int descriptor) override {
    if (batch_.owns_lock()) batch_.unlock();
    if (descriptor == kNoDescriptor) {
      NoteEndReached();
      interrupted_ = interrupted_ || SignalCame(kFollowInterval);
    }
    pollfd input{descriptor, POLLIN, 0};
    while (descriptor != kNoDescriptor && !interrupted_ &&
           poll(&input, 1, kInputPollMs) == 0) {
      interrupted_ = SignalCame(nanoseconds(0));
    }
    if (dispatching_) batch_ = pipeline_.LockBatch();
    return !interrupted_;
  }

  // Called whenever all that was written so far has been read.
  void NoteEndReached() {
    if (!read_to_end_.exchange(true)) host_.NoteReadiness();
    const auto now = std::chrono::steady_clock::now();
    if (!server_ || now - served_at_ < std::chrono::seconds(1)) return;
    served_at_ = now;
    server_->OnTick();
  }

  // Passes the files to the taps before the packets are counted; returns true
  // iff a signal arrived. A pipe cannot be read twice, so no names are learned
  // from it.
  bool ReadNamesFirst() {
    bool interrupted = false;
    for (InputFile& file : tapped_files_) {
      ReadTaps(std::move(file), taps_, [this, &interrupted] {
        interrupted = interrupted || SignalCame(nanoseconds(0));
        return !interrupted;
      });
    }
    return interrupted;
  }

  // Uses the names from files and from the capture's own packets only: the
  // replies to reverse lookups come too late and would make the result depend
  // on their timing.
  void SetNames() {
    const auto names = host_.LabelNames();
    if (names && !anonymizer_) pipeline_.SetNames(names);
    // Once: what is forgotten later depends on how fast the file is read.
    pipeline_.SetServerClasses(host_.ServersWithClass());
  }

  // Reads all files in turn, or up to --count; returns true iff a signal
  // arrived first. It does not use a CaptureReader: a file never has to be
  // waited for, a pipe is waited for within Dispatch() (WaitForInput()), and
  // each batch is followed by a tick of the packets' own time.
  bool ReadAll() {
    for (size_t i = 0; i < files_.size(); ++i) {
      // The header of the first one has already been read.
      if (i > 0 && Room() == 0) break;
      if (i > 0 && !ReadHead(std::move(files_[i]))) return true;
      if (Read(options_.read_paths[i])) return true;
    }
    read_to_end_.store(true);
    return false;
  }

  // The same for the files of a series, without an end. A file that cannot be
  // read is passed over.
  bool Follow() {
    while (Room() > 0) {
      try {
        std::optional<InputFile> file = series_->Next();
        if (!file) {
          if (!WaitForInput(kNoDescriptor)) return true;
          continue;
        }
        const std::string path = file->path();
        if (!ReadHead(std::move(*file)) || Read(path)) return true;
      } catch (const Error& error) {
        spdlog::error("{}; the next file is waited for", error.what());
      }
    }
    return false;
  }

  bool Read(const std::string& path) {
    has_told_damage_ = false;
    bool has_more = true;
    while (has_more && Room() > 0) {
      has_more = Dispatch(Room());
      skipped_bytes_.store(skipped_before_ +
                           capture_->reader().skipped_bytes());
      // With --serve, a pipe or a series may never end.
      if (options_.serve) TellDamage(path);
      Tick();
      progress_.Show(inputs_.packets());
      interrupted_ = interrupted_ || SignalCame(nanoseconds(0));
      if (interrupted_) return true;
    }
    has_unsupported_ |= capture_->has_unsupported();
    TellDamage(path);
    if (capture_->reader().skipped_bytes() > 0 &&
        capture_->read_frames() == 0) {
      throw Error("cannot read " + path + ": it is damaged " +
                  capture_->reader().damage() +
                  ", and no packet in it is whole; capture it anew");
    }
    return false;
  }

  void TellDamage(const std::string& path) {
    const SavefileReader& reader = capture_->reader();
    if (reader.skipped_bytes() == 0 || capture_->read_frames() == 0 ||
        std::exchange(has_told_damage_, true)) {
      return;
    }
    spdlog::warn(
        "{} is damaged {}; {} bytes were skipped, what is whole is "
        "counted",
        path, reader.damage(), reader.skipped_bytes());
  }

  // Returns false at the end of the file, or where it cannot be read on.
  bool Dispatch(uint64_t max_frames) {
    pipeline_.WaitForLog(max_frames);
    FrameSink* sink =
        backfill_ ? static_cast<FrameSink*>(backfill_.get()) : &inputs_;
    bool has_more = false;
    // Backfill takes snapshots while it reads, which need the lock.
    if (!backfill_) batch_ = pipeline_.LockBatch();
    dispatching_ = !backfill_;
    try {
      has_more = capture_->Dispatch(max_frames, sink);
    } catch (const Error& error) {
      EndDispatch();
      if (capture_->read_frames() == 0) throw;
      spdlog::warn("{}; the packets before that are counted", error.what());
      has_told_damage_ = true;
    }
    EndDispatch();
    if (backfill_) backfill_->Rethrow();
    return has_more;
  }

  void EndDispatch() {
    dispatching_ = false;
    if (batch_.owns_lock()) batch_.unlock();
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
        options_.openmetrics_path, options_.step, &inputs_,
        [this] { return host_.Scrape(ExpositionFormat::kOpenMetrics); });
  }

  uint64_t Room() const {
    if (options_.count == 0) return kFileBatchFrames;
    return std::min<uint64_t>(kFileBatchFrames,
                              options_.count - inputs_.packets());
  }

  // Ticks follow the packets' timestamps; a pause of hours is one tick.
  void Tick() {
    const int64_t now = inputs_.last_frame_ns();
    if (ticked_at_ns_ == 0) ticked_at_ns_ = now;
    if (now - ticked_at_ns_ < kTickNs) return;
    const nanoseconds idle_timeout = options_.idle_timeout;
    if (idle_timeout.count() > 0) {
      pipeline_.EvictIdle(now - idle_timeout.count());
    }
    pipeline_.AgeConversations(now);
    host_.OnTick(now, nanoseconds(now - ticked_at_ns_));
    ticked_at_ns_ = now;
  }

  const Options& options_;
  Rights rights_;
  SystemdNotifier systemd_;
  std::shared_ptr<const Anonymizer> anonymizer_;
  Pipeline pipeline_;
  SnapshotMemory snapshot_memory_;
  FileInputs inputs_;
  bool interrupted_ = false;
  bool dispatching_ = false;  // batch_ is held, except in WaitForInput()
  std::unique_lock<std::mutex> batch_;
  std::vector<InputFile> files_;          // moved to capture_ by ReadHead()
  std::unique_ptr<FileSeries> series_;    // with --follow, in place of files_
  std::vector<InputFile> tapped_files_;   // regular files, opened a second time
  std::unique_ptr<FileCapture> capture_;  // of the current file
  bool has_unsupported_ = false;          // a file had such frames
  bool has_told_damage_ = false;          // of the current file
  std::atomic<bool> read_to_end_ = false;
  std::atomic<uint64_t> skipped_bytes_ = 0;
  uint64_t skipped_before_ = 0;  // in the files before the current one
  Progress progress_;
  std::chrono::steady_clock::time_point served_at_;
  int64_t ticked_at_ns_ = 0;
  std::vector<TapPlan> taps_;
  std::shared_ptr<PacketLog> packet_log_;  // null: none
  ModuleHost host_;
  std::unique_ptr<WebServer> server_;   // null without --serve
  std::unique_ptr<Backfill> backfill_;  // null without --openmetrics
};

}  // namespace

int RunFile(const Options& options,
            std::vector<std::unique_ptr<Module>> modules) {
  return FileRun(options, std::move(modules)).Run();
}

}  // namespace ntm
