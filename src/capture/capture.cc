#include "ntm/capture/capture.h"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "fanout.h"
#include "ntm/base/error.h"
#include "ntm/base/unix_time.h"
#include "ntm/capture/capture_filter.h"
#include "ntm/capture/capture_right.h"
#include "own_copies.h"

namespace ntm {
namespace {

// A block of the ring is handed over when it is full or this old.
constexpr int kBlockTimeoutMs = 100;
constexpr int64_t kAlways = std::numeric_limits<int64_t>::min();
// After this time the ring has no block with a frame from before the start.
constexpr std::chrono::milliseconds kBeginning{10 * kBlockTimeoutMs};

// Another core has written the ring, so that its lines are far away. Those of
// the next frames are fetched in time; behind the end of a block that does
// nothing.
constexpr size_t kFetchAheadBytes = 1024;
constexpr size_t kFetchedLines = 3;  // as many as a short frame has

int64_t SteadyNs() {
  return std::chrono::nanoseconds(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

[[noreturn]] void ThrowActivationError(const std::string& name, int status,
                                       const std::string& detail) {
  const std::string what = "cannot capture on " + name + ": ";
  switch (status) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED: {
      const MissingRight missing = ExplainMissingRight(ReadRights());
      throw Error(what + "no permission, " + missing.why + "; " +
                  missing.remedy);
    }
    case PCAP_ERROR_NO_SUCH_DEVICE:
      throw Error(what +
                  "there is no such interface; ntm -D lists them, "
                  "--wait-interface waits for it");
    case PCAP_ERROR_IFACE_NOT_UP:
      throw Error(what + "the interface is down; sudo ip link set dev " + name +
                  " up, or --wait-interface");
    default:
      throw Error(what + (detail.empty() ? pcap_statustostr(status) : detail) +
                  "; ntm -D lists the interfaces");
  }
}

void Apply(pcap_t* handle, const CaptureSettings& settings) {
  pcap_set_snaplen(handle, settings.snaplen_bytes > 0 ? settings.snaplen_bytes
                                                      : kDefaultSnaplen);
  pcap_set_promisc(handle, settings.promiscuous ? 1 : 0);
  pcap_set_timeout(handle, kBlockTimeoutMs);
  pcap_set_buffer_size(handle, settings.buffer_bytes);
}

}  // namespace

struct Capture::Handle {
  explicit Handle(pcap_t* handle) : owner(handle, pcap_close), pcap(handle) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  static void OnPcapFrame(u_char* user, const pcap_pkthdr* header,
                          const u_char* data) noexcept;

  // A filter that takes too long is left to compile for it.
  std::shared_ptr<pcap_t> owner;
  pcap_t* pcap;
};

namespace {

// What one pcap_dispatch() needs in its callback.
struct Batch {
  CaptureFilter* filter;
  FrameSink* sink;
  int64_t begin_ns;
  int link_type;
  uint64_t filtered_frames = 0;
};

}  // namespace

void Capture::Handle::OnPcapFrame(u_char* user, const pcap_pkthdr* header,
                                  const u_char* data) noexcept {
  auto& batch = *reinterpret_cast<Batch*>(user);
  for (size_t line = 0; line < kFetchedLines; ++line) {
    __builtin_prefetch(data + kFetchAheadBytes + line * 64);
  }
  Frame frame;
  frame.data = data;
  frame.captured_bytes = header->caplen;
  frame.wire_bytes = std::max(header->len, header->caplen);
  frame.time_ns = int64_t{header->ts.tv_sec} * 1'000'000'000 +
                  int64_t{header->ts.tv_usec} * 1000;
  frame.link_type = batch.link_type;
  if (frame.time_ns < batch.begin_ns) return;
  if (batch.filter->Matches(frame)) {
    batch.sink->OnFrame(frame);
  } else {
    ++batch.filtered_frames;
  }
}

Capture::Capture(std::unique_ptr<Handle> handle)
    : handle_(std::move(handle)), link_type_(pcap_datalink(handle_->pcap)) {}

Capture::~Capture() = default;

std::unique_ptr<Capture> Capture::OpenInterface(
    const std::string& name, const CaptureSettings& settings) {
  std::array<char, PCAP_ERRBUF_SIZE> message{};
  pcap_t* pcap = pcap_create(name.c_str(), message.data());
  if (pcap == nullptr) {
    throw Error("cannot capture on " + name + ": " + message.data());
  }
  auto handle = std::make_unique<Handle>(pcap);
  Apply(pcap, settings);
  const int status = pcap_activate(pcap);
  if (status < 0) ThrowActivationError(name, status, pcap_geterr(pcap));
  if (pcap_setnonblock(pcap, 1, message.data()) != 0) {
    throw Error("cannot capture on " + name + ": " + message.data());
  }
  std::unique_ptr<Capture> capture(new Capture(std::move(handle)));
  capture->filter_ = std::make_unique<CaptureFilter>(
      capture->handle_->owner, name, settings.filter, settings.raw_filter,
      settings.filters.get());
  capture->descriptor_ = pcap_get_selectable_fd(pcap);
  if (LeaveOutOwnCopies(name, pcap_fileno(pcap))) capture->BeginNow();
  return capture;
}

std::vector<std::unique_ptr<Capture>> Capture::OpenShared(
    const std::string& name, const CaptureSettings& settings, size_t count) {
  std::vector<std::unique_ptr<Capture>> captures;
  std::vector<int> sockets;
  for (size_t i = 0; i < count; ++i) {
    captures.push_back(OpenInterface(name, settings));
    sockets.push_back(pcap_fileno(captures.back()->handle_->pcap));
  }
  if (count == 1) return captures;
  JoinFanout(name, sockets);
  for (const auto& capture : captures) capture->BeginNow();
  // At one moment.
  for (const auto& capture : captures) {
    capture->begin_ns_ = captures.back()->begin_ns_;
  }
  return captures;
}

void Capture::BeginNow() {
  before_ = {};
  before_ = Statistics().value_or(CaptureStatistics());
  begin_ns_ = WallTimeNs();
  begun_at_ns_ = SteadyNs() + std::chrono::nanoseconds(kBeginning).count();
}

Capture::Result Capture::Dispatch(int max_frames, FrameSink* sink) noexcept {
  const bool begun = begin_ns_ != kAlways && SteadyNs() >= begun_at_ns_;
  Batch batch{filter_.get(), sink, begin_ns_, link_type_};
  const int count =
      pcap_dispatch(handle_->pcap, max_frames, &Handle::OnPcapFrame,
                    reinterpret_cast<u_char*>(&batch));
  read_frames_ += static_cast<uint64_t>(std::max(count, 0));
  filtered_frames_ += batch.filtered_frames;
  if (begun && count < max_frames) begin_ns_ = kAlways;
  return count < 0 ? Result::kFailed : Result::kMore;
}

std::string Capture::error() const { return pcap_geterr(handle_->pcap); }

std::optional<CaptureStatistics> Capture::Statistics() const {
  pcap_stat counts{};
  if (pcap_stats(handle_->pcap, &counts) != 0) {
    return std::nullopt;
  }
  return CaptureStatistics{
      counts.ps_recv - before_.received_packets,
      counts.ps_drop - before_.dropped_by_kernel_packets,
      counts.ps_ifdrop - before_.dropped_by_interface_packets};
}

std::string LinkTypeName(int link_type) {
  const char* name = pcap_datalink_val_to_name(link_type);
  if (name == nullptr) return std::to_string(link_type);
  const char* about = pcap_datalink_val_to_description(link_type);
  return about == nullptr ? std::string(name)
                          : std::string(name) + " (" + about + ")";
}

}  // namespace ntm
