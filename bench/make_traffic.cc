// Writes a capture file of made-up traffic, the same to the byte for the same
// options, and prints what is in it as one line of JSON.
//
// Frames   Ethernet, IPv4 (5 % of the conversations IPv6), TCP (70 %) or UDP,
//          checksums right, payload zero; wire length uniform in 64–1500 bytes
//          (never less than its headers), IP length = wire length − 14.
// Flows    a flow is one direction of a conversation: --flows 10000 makes 5,000
//          conversations, each with an address pair of its own. The next
//          packet's conversation is drawn uniformly (the worst case for a
//          cache) or by Zipf's law (--zipf S), its direction by a coin.
// Ports    one side 32768–60999; the other a known service, mostly HTTPS, and
//          in one conversation of ten a port without a name. No DNS: nfpcapd
//          makes a flow of every DNS packet, so it would have more flows to
//          keep than asked for.
// Spoofed  15 packets of 16 come from an IPv4 source that no other packet has
//          (to one address, TCP SYN); the 16th belongs to one of the flows.
// Time     10 µs per packet from a fixed start.
#include <pcap/pcap.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr size_t kEthernetBytes = 14;
constexpr size_t kMinWireBytes = 64;
constexpr size_t kMaxWireBytes = 1500;
constexpr int kFullSnaplen = 262144;
constexpr int64_t kStartSeconds = 1767225600;  // 2026-01-01T00:00:00Z
constexpr int64_t kMicrosecondsPerPacket = 10;
constexpr uint8_t kTcp = 6;
constexpr uint8_t kUdp = 17;
constexpr uint8_t kTcpSyn = 0x02;
constexpr uint8_t kTcpPushAck = 0x18;
constexpr uint32_t kSpoofedPerFlowPacket = 16;

struct Options {
  uint64_t packets = 5'000'000;
  uint32_t flows = 10'000;
  int snaplen = 96;
  double zipf = 0;
  uint32_t seed = 1;
  bool spoofed = false;
  std::string out;
};

// Numbers that are the same with every standard library, which the
// distributions of <random> are not.
class Dice {
 public:
  explicit Dice(uint32_t seed) : engine_(seed) {}
  uint32_t Below(uint32_t bound) {
    return static_cast<uint32_t>((uint64_t{engine_()} * bound) >> 32);
  }
  double Unit() { return static_cast<double>(engine_()) / 4294967296.0; }

 private:
  std::mt19937 engine_;
};

struct Endpoint {
  std::array<uint8_t, 16> address{};  // IPv4 uses the first four
  uint16_t port = 0;
  uint32_t sequence = 0;
};

struct Conversation {
  bool ipv6 = false;
  uint8_t protocol = kTcp;
  std::array<Endpoint, 2> ends;  // client, server
};

void Put16(uint8_t* at, size_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}

void Put32(uint8_t* at, uint32_t value) {
  Put16(at, value >> 16);
  Put16(at + 2, value & 0xffff);
}

// RFC 1071, without the final complement. REQUIRES: `size` is even.
uint32_t Sum(const uint8_t* data, size_t size, uint32_t sum = 0) {
  for (size_t i = 0; i < size; i += 2) {
    sum += static_cast<uint32_t>(data[i] << 8 | data[i + 1]);
  }
  return sum;
}

uint16_t Checksum(uint32_t sum) {
  while (sum >> 16 != 0) {
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return static_cast<uint16_t>(~sum);
}

uint16_t ServicePort(uint8_t protocol, Dice* dice) {
  static constexpr std::array<uint16_t, 14> kTcpPorts = {
      443, 443, 443, 443, 443, 80, 80, 22, 25, 993, 445, 3306, 5432, 8080};
  static constexpr std::array<uint16_t, 8> kUdpPorts = {443,  443, 443,  123,
                                                        5060, 161, 1194, 4500};
  static constexpr std::array<uint16_t, 3> kNamelessPorts = {9999, 25565,
                                                             32400};
  const auto pick = [dice](const auto& ports) {
    return ports[dice->Below(static_cast<uint32_t>(ports.size()))];
  };
  if (dice->Below(10) == 0) {
    return pick(kNamelessPorts);
  }
  return protocol == kTcp ? pick(kTcpPorts) : pick(kUdpPorts);
}

// The address pair holds `number`, so no two conversations share one.
Conversation MakeConversation(uint32_t number, Dice* dice) {
  Conversation made;
  made.ipv6 = number % 20 == 19;
  made.protocol = dice->Below(10) < 7 ? kTcp : kUdp;
  Endpoint& client = made.ends[0];
  Endpoint& server = made.ends[1];
  const uint32_t server_number = dice->Below(1 << 16);
  if (made.ipv6) {
    client.address = {0x20, 0x01, 0x0d, 0xb8, 0, 1};
    Put32(&client.address[12], number + 1);
    server.address = {0x20, 0x01, 0x0d, 0xb8, 0, 2};
    Put32(&server.address[12], server_number);
  } else {
    Put32(client.address.data(), (10U << 24) + number + 1);
    Put32(server.address.data(), (198U << 24) + (18U << 16) + server_number);
  }
  client.port = static_cast<uint16_t>(32768 + dice->Below(60999 - 32768));
  server.port = ServicePort(made.protocol, dice);
  client.sequence = dice->Below(UINT32_MAX);
  server.sequence = dice->Below(UINT32_MAX);
  return made;
}

// Draws conversations: uniformly, or the k-th with a share of 1/k^exponent.
class Chooser {
 public:
  Chooser(size_t count, double exponent) : count_(count) {
    if (exponent > 0) {
      double total = 0;
      for (size_t k = 1; k <= count; ++k) {
        total += std::pow(static_cast<double>(k), -exponent);
        cumulative_.push_back(total);
      }
    }
  }
  size_t Choose(Dice* dice) const {
    if (cumulative_.empty()) {
      return dice->Below(static_cast<uint32_t>(count_));
    }
    const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(),
                                        dice->Unit() * cumulative_.back());
    return std::min(static_cast<size_t>(found - cumulative_.begin()),
                    count_ - 1);
  }

 private:
  size_t count_;
  std::vector<double> cumulative_;
};

// Builds one frame at a time in a buffer of its own.
class FrameWriter {
 public:
  // The wire length that came of it: at least the headers.
  size_t Build(const Conversation& talk, const Endpoint& from,
               const Endpoint& to, uint8_t tcp_flags, size_t wire_bytes) {
    const size_t ip_header = talk.ipv6 ? 40 : 20;
    const size_t transport_header = talk.protocol == kTcp ? 20 : 8;
    wire_bytes =
        std::max(wire_bytes, kEthernetBytes + ip_header + transport_header);
    frame_.fill(0);  // payloads are zero, so checksums need the headers only
    PutEthernet(talk.ipv6, &from == &talk.ends[0]);
    uint8_t* const ip = &frame_[kEthernetBytes];
    uint8_t* const transport = ip + ip_header;
    const size_t segment = wire_bytes - kEthernetBytes - ip_header;
    const uint32_t pseudo = talk.ipv6 ? PutIpv6(ip, talk, from, to, segment)
                                      : PutIpv4(ip, talk, from, to, segment);
    Put16(transport, from.port);
    Put16(transport + 2, to.port);
    if (talk.protocol == kTcp) {
      Put32(transport + 4, from.sequence);
      Put32(transport + 8, tcp_flags == kTcpSyn ? 0 : to.sequence);
      transport[12] = 5 << 4;
      transport[13] = tcp_flags;
      Put16(transport + 14, 64240);
    } else {
      Put16(transport + 4, segment);
    }
    const uint16_t checksum =
        Checksum(Sum(transport, transport_header, pseudo));
    const bool udp_zero = talk.protocol == kUdp && checksum == 0;
    Put16(transport + (talk.protocol == kTcp ? 16 : 6),
          udp_zero ? 0xffff : checksum);
    return wire_bytes;
  }

  const uint8_t* data() const { return frame_.data(); }

 private:
  void PutEthernet(bool ipv6, bool from_client) {
    frame_[0] = frame_[6] = 0x02;  // locally administered
    frame_[5] = from_client ? 2 : 1;
    frame_[11] = from_client ? 1 : 2;
    Put16(&frame_[12], ipv6 ? 0x86dd : 0x0800);
  }

  // Both return the sum of the pseudo header of `segment` bytes.
  static uint32_t PutIpv4(uint8_t* ip, const Conversation& talk,
                          const Endpoint& from, const Endpoint& to,
                          size_t segment) {
    ip[0] = 0x45;
    Put16(ip + 2, 20 + segment);
    ip[6] = 0x40;  // do not fragment
    ip[8] = 64;
    ip[9] = talk.protocol;
    std::copy_n(from.address.begin(), 4, ip + 12);
    std::copy_n(to.address.begin(), 4, ip + 16);
    Put16(ip + 10, Checksum(Sum(ip, 20)));
    return Sum(ip + 12, 8, talk.protocol + static_cast<uint32_t>(segment));
  }

  static uint32_t PutIpv6(uint8_t* ip, const Conversation& talk,
                          const Endpoint& from, const Endpoint& to,
                          size_t segment) {
    ip[0] = 0x60;
    Put16(ip + 4, segment);
    ip[6] = talk.protocol;
    ip[7] = 64;
    std::copy_n(from.address.begin(), 16, ip + 8);
    std::copy_n(to.address.begin(), 16, ip + 24);
    return Sum(ip + 8, 32, talk.protocol + static_cast<uint32_t>(segment));
  }

  std::array<uint8_t, kMaxWireBytes> frame_{};
};

class SavedFile {
 public:
  SavedFile(const std::string& path, int snaplen)
      : snaplen_(static_cast<uint32_t>(snaplen)),
        pcap_(pcap_open_dead(DLT_EN10MB, snaplen), pcap_close),
        dumper_(pcap_dump_open(pcap_.get(), path.c_str()), pcap_dump_close) {
    if (!dumper_) {
      throw std::runtime_error(pcap_geterr(pcap_.get()));
    }
  }

  void Add(int64_t time_us, size_t wire_bytes, const uint8_t* frame) {
    pcap_pkthdr header{};
    header.ts.tv_sec = kStartSeconds + time_us / 1'000'000;
    header.ts.tv_usec = time_us % 1'000'000;
    header.len = static_cast<uint32_t>(wire_bytes);
    header.caplen = std::min(header.len, snaplen_);
    pcap_dump(reinterpret_cast<uint8_t*>(dumper_.get()), &header, frame);
  }

  void Finish() {
    if (pcap_dump_flush(dumper_.get()) != 0 ||
        std::ferror(pcap_dump_file(dumper_.get())) != 0) {
      throw std::runtime_error("the file could not be written to its end");
    }
  }

 private:
  uint32_t snaplen_;
  std::unique_ptr<pcap_t, decltype(&pcap_close)> pcap_;
  std::unique_ptr<pcap_dumper_t, decltype(&pcap_dump_close)> dumper_;
};

// A source in 32.0.0.0/5; multiplying by an odd number permutes them all.
Conversation SpoofedConversation(uint64_t number) {
  constexpr uint32_t kSources = 1U << 27;
  const auto low = static_cast<uint32_t>(number * 2654435761ULL % kSources);
  Conversation made;
  Put32(made.ends[0].address.data(), (32U << 24) + low);
  made.ends[0].port = static_cast<uint16_t>(1024 + low % 60000);
  Put32(made.ends[1].address.data(), (198U << 24) + (51U << 16) + (100U << 8));
  made.ends[1].port = 443;
  return made;
}

void Run(const Options& options) {
  Dice dice(options.seed);
  std::vector<Conversation> talks;
  for (uint32_t i = 0; i < options.flows / 2; ++i) {
    talks.push_back(MakeConversation(i, &dice));
  }
  const Chooser chooser(talks.size(), options.zipf);
  SavedFile file(options.out,
                 options.snaplen == 0 ? kFullSnaplen : options.snaplen);
  FrameWriter frame;
  uint64_t wire_bytes = 0;
  std::vector<bool> seen(talks.size() * 2);
  uint64_t spoofed = 0;
  for (uint64_t i = 0; i < options.packets; ++i) {
    const size_t wanted =
        kMinWireBytes + dice.Below(kMaxWireBytes - kMinWireBytes + 1);
    size_t built = 0;
    if (options.spoofed && i % kSpoofedPerFlowPacket != 0) {
      const Conversation flood = SpoofedConversation(spoofed++);
      built = frame.Build(flood, flood.ends[0], flood.ends[1], kTcpSyn, wanted);
    } else {
      const size_t number = chooser.Choose(&dice);
      const uint32_t side = dice.Below(2);
      Conversation& talk = talks[number];
      built = frame.Build(talk, talk.ends[side], talk.ends[1 - side],
                          kTcpPushAck, wanted);
      talk.ends[side].sequence += static_cast<uint32_t>(built);
      seen[number * 2 + side] = true;
    }
    wire_bytes += built;
    file.Add(static_cast<int64_t>(i) * kMicrosecondsPerPacket, built,
             frame.data());
  }
  file.Finish();
  const auto flows =
      static_cast<uint64_t>(std::count(seen.begin(), seen.end(), true));
  std::printf(
      "{\"packets\": %llu, \"wire_bytes\": %llu, \"ip_bytes\": %llu, "
      "\"flows\": %llu, \"spoofed\": %llu}\n",
      static_cast<unsigned long long>(options.packets),
      static_cast<unsigned long long>(wire_bytes),
      static_cast<unsigned long long>(wire_bytes -
                                      options.packets * kEthernetBytes),
      static_cast<unsigned long long>(flows),
      static_cast<unsigned long long>(spoofed));
}

int ParseAndRun(int argc, char** argv) {
  Options options;
  CLI::App app("Writes a capture file of made-up, reproducible traffic.");
  app.add_option("--packets", options.packets, "How many packets")
      ->check(CLI::Range(1, 100'000'000));
  app.add_option("--flows", options.flows, "Flows, two per conversation")
      ->check(CLI::Range(2, 16'000'000));
  app.add_option("--snaplen", options.snaplen, "Bytes kept; 0 keeps all")
      ->check(CLI::Range(0, kFullSnaplen));
  app.add_option("--zipf", options.zipf, "Exponent; 0 is uniform")
      ->check(CLI::Range(0.0, 5.0));
  app.add_option("--seed", options.seed, "Other traffic of the same kind");
  app.add_flag("--spoofed", options.spoofed, "A flood around the flows");
  app.add_option("--out", options.out, "The file to write")->required();
  CLI11_PARSE(app, argc, argv);
  Run(options);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return ParseAndRun(argc, argv);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "ntm_make_traffic: %s\n", failure.what());
    return 1;
  }
}
