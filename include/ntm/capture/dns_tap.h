// A second, small capture beside the packet path: whole DNS datagrams (`udp
// port 53`) of the same interfaces or file, for a DnsListener.
//
// The packet path keeps 128 bytes of a frame and has no time for names. Here a
// datagram more or less does not matter: at most kMaxPerSecond are looked at
// per interface, and what is more is dropped by the kernel, so that a flood on
// port 53 costs next to nothing.
//
// Units    bytes.
// Shape    unfragmented UDP over IPv4 or IPv6 (without extension headers),
//          behind tags and PPPoE as everywhere; anything else is passed over.
// Threads  Start() and Stop() on the main thread; the listener is called on a
//          thread of the tap's own ("ntm-dns-tap"), by ReadDns() on the
//          caller's.
// Errors   none thrown: where an interface cannot be opened, it is logged, and
//          tried again every few seconds.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ntm/capture/capture.h"
#include "ntm/capture/capture_reader.h"
#include "ntm/net/dns_listener.h"

namespace ntm {

// Gives the frame to the listener iff it is a DNS datagram that is all here.
void HearDns(const Frame& frame, DnsListener* listener) noexcept;

// Gives every DNS datagram of a capture file to the listener, for as long as
// `go_on` says so, which is asked every few thousand frames. Throws ntm::Error
// where it is no capture file; ends where it is damaged.
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
