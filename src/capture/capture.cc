#include "ntm/capture/capture.h"

#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio_ext.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "fanout.h"
#include "ntm/base/error.h"
#include "ntm/base/unix_time.h"
#include "ntm/capture/capture_filter.h"
#include "ntm/capture/capture_right.h"
#include "own_copies.h"
#include "waiting_input.h"

namespace ntm {
namespace {

// A block of the ring is handed over when it is full or this old.
constexpr int kBlockTimeoutMs = 100;
constexpr int64_t kAlways = std::numeric_limits<int64_t>::min();
// After this time the ring has no block with a frame from before the start.
constexpr std::chrono::milliseconds kBeginning{10 * kBlockTimeoutMs};
// libpcap reads a file frame by frame; larger reads are faster.
constexpr size_t kFileBufferBytes = 1 << 18;

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

// Takes ownership of the descriptor, unless it returns nullptr.
std::FILE* StreamOf(int descriptor, bool is_regular, InputWaiter* waiter) {
  if (is_regular || waiter == nullptr) return fdopen(descriptor, "rb");
  return OpenWaitingInput(descriptor, waiter);
}

[[noreturn]] void ThrowInputError(const std::string& path, int error) {
  throw Error("cannot read " + path + ": " + std::strerror(error) +
              "; give a pcap or pcapng file, or - for standard input");
}

// The program that unpacks a compressed file; "" for other files.
std::string UnpackerOf(int descriptor) {
  struct Kind {
    std::string_view magic;
    const char* unpacker;
  };
  constexpr std::array<Kind, 4> kKinds = {{{"\x1f\x8b", "zcat"},
                                           {"\x28\xb5\x2f\xfd", "zstdcat"},
                                           {"\xfd"
                                            "7zXZ",
                                            "xzcat"},
                                           {"BZh", "bzcat"}}};
  std::array<char, 8> head{};
  const ssize_t size = pread(descriptor, head.data(), head.size(), 0);
  const std::string_view begin(head.data(),
                               static_cast<size_t>(std::max<ssize_t>(size, 0)));
  for (const Kind& kind : kKinds) {
    if (begin.starts_with(kind.magic)) return kind.unpacker;
  }
  return "";
}

// A damaged file can have any time. Limited so that the difference of two times
// does not overflow: 145 years before and after 1970, more than the 32 bits of
// a pcap file can express.
int64_t TimeNs(const timeval& time, int64_t fraction_ns) {
  constexpr int64_t kMaxSeconds = 4'600'000'000;
  const auto seconds = static_cast<int64_t>(time.tv_sec);
  return std::clamp(seconds, -kMaxSeconds, kMaxSeconds) * 1'000'000'000 +
         time.tv_usec * fraction_ns;
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
  Handle(pcap_t* handle, int64_t fraction)
      : owner(handle, pcap_close), pcap(handle), fraction_ns(fraction) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  static void OnPcapFrame(u_char* user, const pcap_pkthdr* header,
                          const u_char* data) noexcept;

  // A filter that takes too long is left to compile for it.
  std::shared_ptr<pcap_t> owner;
  pcap_t* pcap;
  int64_t fraction_ns;  // ns per unit of the time stamp's fraction
  bool is_file = false;
};

namespace {

// What one pcap_dispatch() needs in its callback.
struct Batch {
  CaptureFilter* filter;
  FrameSink* sink;
  int64_t fraction_ns;
  int64_t begin_ns;
  int link_type;
  bool is_live;
  uint64_t filtered_frames = 0;
};

}  // namespace

void Capture::Handle::OnPcapFrame(u_char* user, const pcap_pkthdr* header,
                                  const u_char* data) noexcept {
  auto& batch = *reinterpret_cast<Batch*>(user);
  if (batch.is_live) {
    for (size_t line = 0; line < kFetchedLines; ++line) {
      __builtin_prefetch(data + kFetchAheadBytes + line * 64);
    }
  }
  Frame frame;
  frame.data = data;
  frame.captured_bytes = header->caplen;
  frame.wire_bytes = std::max(header->len, header->caplen);
  frame.time_ns = TimeNs(header->ts, batch.fraction_ns);
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
  auto handle = std::make_unique<Handle>(pcap, 1000);
  Apply(pcap, settings);
  const int status = pcap_activate(pcap);
  if (status < 0) ThrowActivationError(name, status, pcap_geterr(pcap));
  if (pcap_setnonblock(pcap, 1, message.data()) != 0) {
    throw Error("cannot capture on " + name + ": " + message.data());
  }
  std::unique_ptr<Capture> capture(new Capture(std::move(handle)));
  capture->InstallFilter(name, settings);
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

InputFile::InputFile(const std::string& path)
    : path_(path),
      descriptor_(path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                              : open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) ThrowInputError(path, errno);
  struct stat status {};
  is_regular_ =
      fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode) != 0;
}

InputFile::~InputFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

InputFile::InputFile(InputFile&& other) noexcept
    : path_(other.path_),
      descriptor_(other.Take()),
      is_regular_(other.is_regular_) {}

int InputFile::Take() noexcept { return std::exchange(descriptor_, -1); }

std::unique_ptr<Capture> Capture::OpenFile(InputFile input,
                                           const CaptureSettings& settings,
                                           InputWaiter* waiter) {
  const std::string& path = input.path();
  const int descriptor = input.Take();
  const std::string unpacker = input.is_regular() ? UnpackerOf(descriptor) : "";
  if (!unpacker.empty()) {
    close(descriptor);
    throw Error("cannot read " + path +
                ": it is compressed; unpack it on the " + "way: " + unpacker +
                " FILE | ntm -r -");
  }
  std::FILE* file = StreamOf(descriptor, input.is_regular(), waiter);
  if (file == nullptr) {
    const int error = errno;
    close(descriptor);
    ThrowInputError(path, error);
  }
  std::setvbuf(file, nullptr, _IOFBF, kFileBufferBytes);
  // Read by one thread only: libpcap need not lock it twice per packet.
  __fsetlocking(file, FSETLOCKING_BYCALLER);
  std::array<char, PCAP_ERRBUF_SIZE> message{};
  pcap_t* pcap = pcap_fopen_offline_with_tstamp_precision(
      file, PCAP_TSTAMP_PRECISION_NANO, message.data());
  if (pcap == nullptr) {
    std::fclose(file);
    throw Error("cannot read " + path + ": " + message.data() +
                "; give a pcap or pcapng file as tcpdump -w writes it");
  }
  auto handle = std::make_unique<Handle>(pcap, 1);
  handle->is_file = true;
  std::unique_ptr<Capture> capture(new Capture(std::move(handle)));
  capture->InstallFilter("", settings);
  return capture;
}

void Capture::InstallFilter(const std::string& interface,
                            const CaptureSettings& settings) {
  filter_ = std::make_unique<CaptureFilter>(
      handle_->owner, interface, settings.filter, settings.raw_filter,
      settings.filters.get());
}

Capture::Result Capture::Dispatch(int max_frames, FrameSink* sink) noexcept {
  const bool begun = begin_ns_ != kAlways && SteadyNs() >= begun_at_ns_;
  Batch batch{filter_.get(), sink,       handle_->fraction_ns,
              begin_ns_,     link_type_, !handle_->is_file};
  const int count =
      pcap_dispatch(handle_->pcap, max_frames, &Handle::OnPcapFrame,
                    reinterpret_cast<u_char*>(&batch));
  read_frames_ += static_cast<uint64_t>(std::max(count, 0));
  filtered_frames_ += batch.filtered_frames;
  if (begun && count < max_frames) begin_ns_ = kAlways;
  if (count > 0) return Result::kMore;
  if (count < 0) return Result::kFailed;
  return handle_->is_file ? Result::kEnd : Result::kMore;
}

std::string Capture::error() const { return pcap_geterr(handle_->pcap); }

std::optional<CaptureStatistics> Capture::Statistics() const {
  pcap_stat counts{};
  if (handle_->is_file || pcap_stats(handle_->pcap, &counts) != 0) {
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
