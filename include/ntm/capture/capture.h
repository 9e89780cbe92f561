// Frames from one network interface or one capture file, through libpcap.
//
// Units    bytes; ns since the epoch (the capture's own time stamps).
// Shape    a frame that the filter lets through goes to the FrameSink; its
//          bytes are valid during that call only.
// Sharing  several captures of one interface can share its frames, each on a
//          thread of its own; each frame is in exactly one of them. They start
//          at the same moment, when the last one has joined: earlier frames are
//          ignored and subtracted from the statistics. A frame sent on loopback
//          is captured once, when it is received.
// Threads  one thread at a time; descriptor() may be polled by another.
// Errors   OpenInterface() and OpenFile() throw ntm::Error with the remedy (no
//          right to capture, no such interface, not a capture file, bad
//          filter). Dispatch() returns a result.
// Source   pcap(3PCAP), pcap-savefile(5), packet(7) (PACKET_FANOUT).
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ntm/capture/capture_filter.h"
#include "ntm/decode/packet.h"

namespace ntm {

class FrameSink {
 public:
  virtual void OnFrame(const Frame& frame) noexcept = 0;

 protected:
  ~FrameSink() = default;
};

// Waits for more data if the input is a pipe.
class InputWaiter {
 public:
  // Returns false to end reading, as at the end of the input.
  virtual bool WaitForInput(int descriptor) = 0;

 protected:
  ~InputWaiter() = default;
};

// An open capture file from which nothing has been read.
class InputFile {
 public:
  // "-" is standard input. Throws ntm::Error.
  explicit InputFile(const std::string& path);
  ~InputFile();
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&&) = delete;

  const std::string& path() const noexcept { return path_; }
  // Else it is a pipe or the like, which can be read once.
  bool is_regular() const noexcept { return is_regular_; }
  // The descriptor, which is the caller's from now on.
  int Take() noexcept;

 private:
  std::string path_;
  int descriptor_;
  bool is_regular_ = false;
};

struct CaptureSettings {
  std::string filter;       // pcap-filter(7); "" for every frame
  bool raw_filter = false;  // pass it to libpcap as it is
  int snaplen_bytes = 0;    // 0: kDefaultSnaplen
  int buffer_bytes = 16 << 20;
  bool promiscuous = true;
  // Copies of the settings share what was compiled.
  std::shared_ptr<FilterCache> filters = MakeFilterCache();
};

// The longest headers that Decode() reads in real traffic: Ethernet 14, two
// tags 8, PPPoE 8, IPv6 40, extension headers 32, TCP 20; rounded up.
inline constexpr int kDefaultSnaplen = 128;

// What libpcap counts since the capture was opened.
struct CaptureStatistics {
  uint32_t received_packets = 0;  // ps_recv: passed the filter, drops included
  uint32_t dropped_by_kernel_packets = 0;     // ps_drop: the ring was full
  uint32_t dropped_by_interface_packets = 0;  // ps_ifdrop
};

class Capture {
 public:
  enum class Result { kMore, kEnd, kFailed };

  static std::unique_ptr<Capture> OpenInterface(
      const std::string& name, const CaptureSettings& settings);
  // `count` captures that share the interface's frames by the kernel's hash
  // over addresses, protocol and ports: both directions of a conversation come
  // to the same one, and so do all fragments of a datagram. Throws ntm::Error
  // also where the kernel cannot share.
  static std::vector<std::unique_ptr<Capture>> OpenShared(
      const std::string& name, const CaptureSettings& settings, size_t count);
  // Reads the file's head. `waiter`, which must outlive the capture, is asked
  // before a pipe is read; null: reading a pipe blocks.
  static std::unique_ptr<Capture> OpenFile(InputFile file,
                                           const CaptureSettings& settings,
                                           InputWaiter* waiter = nullptr);
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  // Hands over what is there, at most `max_frames` (before the second look of
  // the filter), without waiting. kEnd: the file is read to its end. kFailed:
  // error() tells why; what came before has been handed over.
  Result Dispatch(int max_frames, FrameSink* sink) noexcept;

  std::string error() const;
  std::optional<CaptureStatistics> Statistics() const;
  int descriptor() const noexcept { return descriptor_; }
  int link_type() const noexcept { return link_type_; }
  // How many frames Dispatch() has read, whatever became of them.
  uint64_t read_frames() const noexcept { return read_frames_; }
  // Frames that matched the kernel's filter, but not the second one.
  uint64_t filtered_frames() const noexcept { return filtered_frames_; }
  // For the log: how the filter was taken.
  const CaptureFilter& filter() const noexcept { return *filter_; }

 private:
  struct Handle;
  explicit Capture(std::unique_ptr<Handle> handle);
  void InstallFilter(const std::string& interface,
                     const CaptureSettings& settings);
  // Ignores what has come so far.
  void BeginNow();

  std::unique_ptr<Handle> handle_;
  std::unique_ptr<CaptureFilter> filter_;
  int link_type_ = 0;
  uint64_t read_frames_ = 0;
  uint64_t filtered_frames_ = 0;
  int descriptor_ = -1;
  // Frames from before are ignored.
  int64_t begin_ns_ = std::numeric_limits<int64_t>::min();
  // Steady clock: after this time no frame from before the start is at the
  // ring's head, even if the wall clock was changed. Valid iff begin_ns_ is
  // set.
  int64_t begun_at_ns_ = 0;
  CaptureStatistics before_;
};

// "IEEE802_11_RADIO (802.11 plus radiotap header)", or its number.
std::string LinkTypeName(int link_type);

struct InterfaceInfo {
  std::string name;
  std::string description;
  bool is_up = false;
  bool is_running = false;
  bool is_loopback = false;
  std::vector<std::string> addresses;
};

// What libpcap can capture from. Needs no rights. Throws ntm::Error.
std::vector<InterfaceInfo> ListInterfaces();

}  // namespace ntm
