#include "ntm/capture/dns_tap.h"

#include <poll.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

#include "ntm/base/byte_reader.h"
#include "ntm/base/error.h"
#include "ntm/base/thread_work.h"
#include "ntm/decode/decode.h"
#include "ntm/decode/decode_ip.h"
#include "ntm/net/link.h"

namespace ntm {
namespace {

using std::chrono::steady_clock;

constexpr char kFilter[] = "udp port 53";
constexpr int kWholeFrame = 65535;
constexpr int kRingBytes = 1 << 20;
// Between two looks at the ring, which bounds what a flood can cost.
constexpr std::chrono::milliseconds kRest{100};
constexpr int kFramesARest =
    static_cast<int>(DnsTap::kMaxPerSecond * kRest.count() / 1000);
constexpr std::chrono::seconds kCheckInterval{5};

constexpr int kFileBatchFrames = 4096;

constexpr uint16_t kDnsPort = 53;
constexpr size_t kUdpHeaderBytes = 8;

CaptureSettings SettingsOf(bool promiscuous) {
  CaptureSettings settings;
  settings.filter = kFilter;
  settings.snaplen_bytes = kWholeFrame;
  settings.buffer_bytes = kRingBytes;
  settings.promiscuous = promiscuous;
  return settings;
}

// Where the UDP header begins; 0 if there is none right behind the IP header.
size_t UdpOffset(const ByteReader& frame, const Packet& packet) noexcept {
  const size_t ip = packet.network_offset;
  if (!frame.Has(ip, 1)) return 0;
  if (frame.U8(ip) >> 4 == 4) return ip + size_t{frame.U8(ip) & 0xfU} * 4;
  const bool is_plain =
      frame.Has(ip, kIpv6HeaderBytes) && frame.U8(ip + 6) == kProtocolUdp;
  return is_plain ? ip + kIpv6HeaderBytes : 0;
}

class Hearing final : public FrameSink {
 public:
  explicit Hearing(DnsListener* listener) : listener_(listener) {}
  void OnFrame(const Frame& frame) noexcept override {
    HearDns(frame, listener_);
  }

 private:
  DnsListener* listener_;
};

}  // namespace

void HearDns(const Frame& frame, DnsListener* listener) noexcept {
  Packet packet;
  if (Decode(frame, &packet) != DecodeStatus::kOk || !packet.is_ip ||
      packet.protocol != kProtocolUdp || !packet.has_ports ||
      packet.first_fragment || packet.later_fragment ||
      (packet.src_port != kDnsPort && packet.dst_port != kDnsPort)) {
    return;
  }
  const ByteReader bytes(frame.data, frame.captured_bytes);
  const size_t udp = UdpOffset(bytes, packet);
  if (udp == 0 || !bytes.Has(udp, kUdpHeaderBytes)) return;
  const size_t udp_bytes = bytes.U16(udp + 4);
  if (udp_bytes <= kUdpHeaderBytes || !bytes.Has(udp, udp_bytes)) return;
  listener->OnDatagram({packet.src, packet.dst, packet.src_port,
                        packet.dst_port, bytes.data() + udp + kUdpHeaderBytes,
                        udp_bytes - kUdpHeaderBytes});
}

void ReadDns(InputFile file, DnsListener* listener,
             const std::function<bool()>& go_on) {
  // Without a filter: with one, a batch could be the whole file.
  const auto capture = Capture::OpenFile(std::move(file), CaptureSettings());
  Hearing hearing(listener);
  while (go_on() && capture->Dispatch(kFileBatchFrames, &hearing) ==
                        Capture::Result::kMore) {
  }
}

struct DnsTap::Interface {
  std::string name;
  std::unique_ptr<Capture> capture;
  int opened_index = 0;
  bool complained = false;
};

DnsTap::DnsTap(std::vector<std::string> interfaces, bool promiscuous,
               DnsListener* listener)
    : settings_(SettingsOf(promiscuous)), listener_(listener) {
  for (std::string& name : interfaces) {
    auto interface = std::make_unique<Interface>();
    interface->name = std::move(name);
    interfaces_.push_back(std::move(interface));
  }
  OpenMissing();
}

DnsTap::~DnsTap() { Stop(); }

void DnsTap::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    RunThread("ntm-dns-tap", stop, [&] { Run(stop); });
  });
}

void DnsTap::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  wake_.Wake();
  thread_.join();
}

// libpcap polls a deleted interface in silence, so the kernel is asked.
void DnsTap::OpenMissing() try {
  Links links;
  for (const auto& interface : interfaces_) {
    const auto link = interface->name == kAnyInterface
                          ? std::nullopt
                          : links.Find(interface->name);
    const int index = link ? link->index : 0;
    if (interface->capture && interface->opened_index == index) continue;
    interface->capture.reset();
    try {
      interface->capture = Capture::OpenInterface(interface->name, settings_);
      interface->opened_index = index;
      interface->complained = false;
    } catch (const std::exception& error) {
      if (!std::exchange(interface->complained, true)) {
        spdlog::warn("no names from the wire: {}", error.what());
      }
    }
  }
} catch (const Error& error) {
  spdlog::warn("no names from the wire: {}", error.what());
}

void DnsTap::Run(const std::stop_token& stop) {
  Hearing hearing(listener_);
  auto check_at = steady_clock::now() + kCheckInterval;
  std::vector<pollfd> ready;
  while (!stop.stop_requested()) {
    ready.assign(1, pollfd{wake_.descriptor(), POLLIN, 0});
    if (poll(ready.data(), 1, static_cast<int>(kRest.count())) > 0) continue;
    for (const auto& interface : interfaces_) {
      if (interface->capture) {
        ready.push_back({interface->capture->descriptor(), POLLIN, 0});
      }
    }
    constexpr std::chrono::milliseconds kCheck = kCheckInterval;
    poll(ready.data(), ready.size(), static_cast<int>(kCheck.count()));
    for (const auto& interface : interfaces_) {
      if (interface->capture &&
          interface->capture->Dispatch(kFramesARest, &hearing) ==
              Capture::Result::kFailed) {
        interface->capture.reset();
      }
    }
    if (steady_clock::now() >= check_at) {
      OpenMissing();
      check_at = steady_clock::now() + kCheckInterval;
    }
  }
}

}  // namespace ntm
