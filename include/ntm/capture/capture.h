// Frames from one network interface, through libpcap.
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
// Errors   OpenInterface() and OpenShared() throw ntm::Error with the remedy
// (no
//          right to capture, no such interface, bad filter). Dispatch() returns
//          a result.
// Source   pcap(3PCAP), packet(7) (PACKET_FANOUT).
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ntm/capture/capture_filter.h"
#include "ntm/capture/frame_source.h"

namespace ntm {

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

class Capture final : public FrameSource {
 public:
  static std::unique_ptr<Capture> OpenInterface(
      const std::string& name, const CaptureSettings& settings);
  // `count` captures that share the interface's frames by the kernel's hash
  // over addresses, protocol and ports: both directions of a conversation come
  // to the same one, and so do all fragments of a datagram. Throws ntm::Error
  // also where the kernel cannot share.
  static std::vector<std::unique_ptr<Capture>> OpenShared(
      const std::string& name, const CaptureSettings& settings, size_t count);
  ~Capture() override;
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  Result Dispatch(int max_frames, FrameSink* sink) noexcept override;
  std::string error() const override;
  int descriptor() const noexcept override { return descriptor_; }
  uint64_t read_frames() const noexcept override { return read_frames_; }

  std::optional<CaptureStatistics> Statistics() const;
  int link_type() const noexcept { return link_type_; }
  // Frames that matched the kernel's filter, but not the second one.
  uint64_t filtered_frames() const noexcept { return filtered_frames_; }
  // For the log: how the filter was taken.
  const CaptureFilter& filter() const noexcept { return *filter_; }

 private:
  struct Handle;
  explicit Capture(std::unique_ptr<Handle> handle);
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
