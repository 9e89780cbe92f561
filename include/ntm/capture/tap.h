// A second, small capture beside the packet path: whole frames of the same
// interfaces or files, but only those of one filter, for what the packet path
// must not parse (see dns_tap.h, handshake_tap.h).
//
// The packet path captures only 128 bytes of a frame. A tap may lose frames: it
// reads at most kMaxPerSecond per interface, and the kernel drops the others,
// so a flood costs little. What was dropped is told to its sink.
//
// Units    bytes.
// Threads  Start() and Stop() on the main thread; the sink is called on a
//          thread of the tap's own, by ReadTaps() on the caller's.
// Errors   none thrown: if an interface cannot be opened, that is logged and it
//          is tried again every few seconds.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ntm/capture/capture.h"
#include "ntm/capture/capture_reader.h"
#include "ntm/capture/frame_source.h"
#include "ntm/savefile/input_file.h"

namespace ntm {

class TapSink : public FrameSink {
 public:
  virtual ~TapSink() = default;
  // So many more frames of the filter were dropped.
  virtual void OnLost(uint64_t frames) noexcept = 0;
};

struct TapPlan {
  const char* thread_name = "";
  std::string filter;  // pcap-filter(7)
  std::unique_ptr<TapSink> sink;
};

// Passes every frame of a capture file to the sinks, which take what they need,
// until `go_on`, which is called every few hundred frames, returns false.
// Throws ntm::Error if it is not a capture file; stops where it cannot be read
// on.
void ReadTaps(InputFile file, const std::vector<TapPlan>& plans,
              const std::function<bool()>& go_on);

class Tap {
 public:
  static constexpr int kMaxPerSecond = 2000;

  Tap(std::vector<std::string> interfaces, bool promiscuous, TapPlan plan);
  ~Tap();
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;

  void Start();
  void Stop();

 private:
  class Interfaces;

  void Run(const std::stop_token& stop);

  TapPlan plan_;
  std::unique_ptr<Interfaces> interfaces_;  // since Start(): its thread only
  CaptureReader reader_;
  std::jthread thread_;
};

}  // namespace ntm
