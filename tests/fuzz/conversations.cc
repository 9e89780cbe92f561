// Fuzzes the watch of conversations with a sequence of packets: steps of ten
// bytes, each a segment between one of a few pairs of ends, or a message of a
// name server. What is counted never exceeds what was sent.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <numeric>

#include "fuzz.h"
#include "ntm/conversation/conversation_watch.h"
#include "ntm/decode/decode.h"

namespace {

constexpr size_t kStepBytes = 10;
constexpr size_t kTcpAt = 20;  // after an IPv4 header
constexpr size_t kMostCapturedBytes = 100;
constexpr uint8_t kSyn = 2;
constexpr uint8_t kAck = 16;
constexpr int kRawIp = 12;  // DLT_RAW

struct Sent {
  uint64_t syns = 0;
  uint64_t segments = 0;
  uint64_t questions = 0;
  uint64_t answers = 0;
};

// Byte 0: direction, name server or not, and which ends; 1: flags; 2 and 3:
// sequence and acknowledgment number, few so that they meet; 4: payload; 5:
// window; 6 and 7: milliseconds since the step before; 8 and 9: of a message,
// flags and identification.
class Wire {
 public:
  void Step(const uint8_t* step) {
    now_ns_ += (int64_t{step[6]} << 8 | step[7]) * 1'000'000;
    if ((step[6] & 0xc0U) == 0xc0U) watch_.Age(now_ns_);
    frame_ = {};
    const bool is_up = (step[0] & 1U) != 0;
    const bool is_dns = (step[0] & 2U) != 0;
    const uint8_t client_port = step[0] >> 4U;
    frame_[0] = 0x45;
    frame_[9] = is_dns ? 17 : 6;
    SetHost(is_up ? 12 : 16, 10, client_port % 3);
    SetHost(is_up ? 16 : 12, 93, is_dns ? step[9] % 20 : 1);
    SetPort(is_up ? 0 : 2, 40000 + client_port);
    SetPort(is_up ? 2 : 0, is_dns ? 53 : 443);
    const size_t bytes = is_dns ? Message(step) : Segment(step);
    frame_[2] = static_cast<uint8_t>(bytes >> 8);
    frame_[3] = static_cast<uint8_t>(bytes);
    Send(bytes, is_up);
  }

  void Check() {
    watch_.AddTo(&health_);
    uint64_t attempts = 0;
    uint64_t measured = 0;
    uint64_t segments = 0;
    for (const ntm::TcpCounts& counts : health_.tcp) {
      for (const uint64_t count : counts.connections) attempts += count;
      for (const auto& way : counts.handshakes) measured += way.count();
      for (const uint64_t count : counts.segments) segments += count;
    }
    uint64_t responses = 0;
    uint64_t answered = 0;
    uint64_t unanswered = 0;
    for (const ntm::DnsCounts& counts : health_.dns) {
      responses += std::accumulate(counts.responses.begin(),
                                   counts.responses.end(), uint64_t{0});
      answered += counts.responses_after.count();
      unanswered += counts.unanswered;
    }
    const bool holds =
        attempts <= sent_.syns && measured <= 2 * sent_.syns &&
        segments <= sent_.segments && health_.conversations <= kConversations &&
        responses <= sent_.answers && answered <= responses &&
        answered + unanswered <= sent_.questions &&
        health_.unwatched_segments + health_.out_of_order_segments <=
            sent_.segments * 2;
    if (!holds) std::abort();
  }

 private:
  static constexpr size_t kConversations = 8;

  void SetHost(size_t at, uint8_t net, uint8_t host) {
    frame_[at] = net;
    frame_[at + 3] = static_cast<uint8_t>(host + 1);
  }
  void SetPort(size_t at, size_t port) {
    frame_[kTcpAt + at] = static_cast<uint8_t>(port >> 8);
    frame_[kTcpAt + at + 1] = static_cast<uint8_t>(port);
  }

  size_t Segment(const uint8_t* step) {
    uint8_t* tcp = &frame_[kTcpAt];
    tcp[7] = step[2];
    tcp[11] = step[3];
    tcp[12] = 0x50;
    tcp[13] = step[1];
    tcp[15] = step[5];
    ++sent_.segments;
    if ((step[1] & (kSyn | kAck)) == kSyn) ++sent_.syns;
    return kTcpAt + 20 + step[4] % 64;
  }

  size_t Message(const uint8_t* step) {
    constexpr size_t kUdpBytes = 8;
    uint8_t* dns = &frame_[kTcpAt + kUdpBytes];
    dns[1] = step[9] % 8;
    dns[2] = step[8];
    dns[3] = step[1];
    dns[5] = 1;
    std::memcpy(dns + 12, step, 8);  // a question, or not
    ++((step[8] & 0x80U) != 0 ? sent_.answers : sent_.questions);
    return kTcpAt + kUdpBytes + step[4] % 32;
  }

  void Send(size_t bytes, bool is_up) {
    const ntm::Frame frame = {.data = frame_.data(),
                              .captured_bytes = static_cast<uint32_t>(
                                  std::min(bytes, kMostCapturedBytes)),
                              .wire_bytes = static_cast<uint32_t>(bytes),
                              .time_ns = now_ns_,
                              .link_type = kRawIp};
    ntm::Packet packet;
    if (ntm::Decode(frame, &packet) != ntm::DecodeStatus::kOk) return;
    watch_.Add(frame, packet,
               {static_cast<ntm::ServiceId>(frame_[15]), 1,
                is_up ? ntm::Direction::kOut : ntm::Direction::kIn});
  }

  ntm::ConversationWatch watch_{kConversations, 1};
  std::array<uint8_t, kMostCapturedBytes> frame_{};
  int64_t now_ns_ = 1'000'000'000;
  Sent sent_;
  ntm::WireHealth health_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Wire wire;
  for (; size >= kStepBytes; data += kStepBytes, size -= kStepBytes) {
    wire.Step(data);
  }
  wire.Check();
  return 0;
}
