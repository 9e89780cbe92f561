#include "ntm/capture/dns_tap.h"

#include <spdlog/spdlog.h>

#include <array>
#include <chrono>
#include <utility>

#include "ntm/base/byte_reader.h"
#include "ntm/base/error.h"
#include "ntm/base/thread_work.h"
#include "ntm/decode/decode.h"
#include "ntm/decode/decode_ip.h"
#include "ntm/net/link.h"
#include "ntm/savefile/savefile_reader.h"

namespace ntm {
namespace {

using std::chrono::steady_clock;

constexpr char kFilter[] = "udp port 53";
constexpr int kWholeFrame = 65535;
constexpr int kRingBytes = 1 << 20;
// Between two reads of the ring, which limits the cost of a flood.
constexpr std::chrono::milliseconds kRest{100};
constexpr int kFramesARest =
    static_cast<int>(DnsTap::kMaxPerSecond * kRest.count() / 1000);
constexpr std::chrono::seconds kCheckInterval{5};

constexpr size_t kDnsFramesAtOnce = 256;

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

// Offset of the UDP header; 0 if it does not follow the IP header directly.
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
  SavefileReader reader(std::move(file));
  std::array<Frame, kDnsFramesAtOnce> frames;
  size_t count = 1;
  while (count > 0 && go_on()) {
    try {
      count = reader.Read(frames.data(), frames.size());
    } catch (const Error&) {
      return;  // whoever counts the packets says so
    }
    for (size_t i = 0; i < count; ++i) HearDns(frames[i], listener);
  }
}

// What is read, each interface for itself.
class DnsTap::Interfaces final : public CaptureSet {
 public:
  Interfaces(std::vector<std::string> names, bool promiscuous,
             DnsListener* listener)
      : settings_(SettingsOf(promiscuous)), hearing_(listener) {
    for (std::string& name : names) {
      interfaces_.emplace_back().name = std::move(name);
    }
  }

  void ForEach(const Use& use) override {
    for (Interface& interface : interfaces_) {
      if (interface.capture == nullptr) continue;
      if (!use(interface.capture.get(), &hearing_, kFramesARest).empty()) {
        interface.capture.reset();
      }
    }
  }

  // libpcap polls a deleted interface in silence, so the kernel is asked.
  void OpenMissing() try {
    Links links;
    for (Interface& interface : interfaces_) {
      const auto link = interface.name == kAnyInterface
                            ? std::nullopt
                            : links.Find(interface.name);
      Open(&interface, link ? link->index : 0);
    }
  } catch (const Error& error) {
    spdlog::warn("no names from the wire: {}", error.what());
  }

 private:
  struct Interface {
    std::string name;
    std::unique_ptr<Capture> capture;  // null: to be opened
    int opened_index = 0;
    bool has_warned = false;
  };

  void Open(Interface* interface, int index) {
    if (interface->capture && interface->opened_index == index) return;
    interface->capture.reset();
    try {
      interface->capture = Capture::OpenInterface(interface->name, settings_);
      interface->opened_index = index;
      interface->has_warned = false;
    } catch (const std::exception& error) {
      if (!std::exchange(interface->has_warned, true)) {
        spdlog::warn("no names from the wire: {}", error.what());
      }
    }
  }

  CaptureSettings settings_;
  Hearing hearing_;
  std::vector<Interface> interfaces_;
};

DnsTap::DnsTap(std::vector<std::string> interfaces, bool promiscuous,
               DnsListener* listener)
    : interfaces_(std::make_unique<Interfaces>(std::move(interfaces),
                                               promiscuous, listener)),
      reader_(interfaces_.get()) {
  interfaces_->OpenMissing();
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
  reader_.Wake();
  thread_.join();
}

void DnsTap::Run(const std::stop_token& stop) {
  auto check_at = steady_clock::now() + kCheckInterval;
  // Woken only to stop.
  while (!stop.stop_requested()) {
    if (reader_.Rest(kRest)) continue;
    reader_.Wait(kCheckInterval);
    reader_.Read();
    if (steady_clock::now() >= check_at) {
      interfaces_->OpenMissing();
      check_at = steady_clock::now() + kCheckInterval;
    }
  }
}

}  // namespace ntm
