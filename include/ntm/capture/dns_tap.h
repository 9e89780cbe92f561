// A second, small capture beside the packet path: whole DNS datagrams (`udp
// port 53`) of the same interfaces or file, for a DnsListener.
//
// The packet path captures only 128 bytes of a frame and must not parse DNS.
// The tap may lose datagrams: it reads at most kMaxPerSecond per interface, and
// the kernel drops the others, so a flood on port 53 costs little.
//
// Units    bytes.
// Shape    unfragmented UDP over IPv4 or IPv6 (without extension headers),
//          also with tags and PPPoE; anything else is ignored.
// Threads  Start() and Stop() on the main thread; the listener is called on a
//          thread of the tap's own ("ntm-dns-tap"), by ReadDns() on the
//          caller's.
// Errors   none thrown: if an interface cannot be opened, that is logged and it
//          is tried again every few seconds.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ntm/capture/capture.h"
#include "ntm/capture/capture_reader.h"
#include "ntm/net/dns_listener.h"
#include "ntm/savefile/input_file.h"

namespace ntm {

// Passes the frame to the listener iff it has a complete DNS datagram.
void HearDns(const Frame& frame, DnsListener* listener) noexcept;

// Passes every DNS datagram of a capture file to the listener, until `go_on`,
// which is called every few hundred frames, returns false. Throws ntm::Error if
// it is not a capture file; stops where it cannot be read on.
void ReadDns(InputFile file, DnsListener* listener,
             const std::function<bool()>& go_on);

class DnsTap {
 public:
  static constexpr int kMaxPerSecond = 2000;

  // `listener` must outlive it, or Stop().
  DnsTap(std::vector<std::string> interfaces, bool promiscuous,
         DnsListener* listener);
  ~DnsTap();
  DnsTap(const DnsTap&) = delete;
  DnsTap& operator=(const DnsTap&) = delete;

  void Start();
  void Stop();

 private:
  class Interfaces;

  void Run(const std::stop_token& stop);

  std::unique_ptr<Interfaces> interfaces_;  // since Start(): its thread only
  CaptureReader reader_;
  std::jthread thread_;
};

}  // namespace ntm
