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
// Bursts   --burst N: the flows take turns, each with N packets in a row.
// Spoofed  15 packets of 16 are a TCP SYN of 64 bytes to one address, from an
//          IPv4 source that no other packet has; the 16th belongs to one of the
//          flows. With --late the second half of the conversations keeps silent
//          until the file's middle.
// Talkers  --talkers prints what each flow has sent: a list of
//          [source, destination, packets, IP bytes].
// Time     10 µs per packet from a fixed start.
#include <arpa/inet.h>
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

#include "frame_writer.h"

namespace ntm::bench {
namespace {

constexpr int kFullSnaplen = 262144;
constexpr int64_t kStartSeconds = 1767225600;  // 2026-01-01T00:00:00Z
constexpr int64_t kMicrosecondsPerPacket = 10;
constexpr uint32_t kSpoofedPerFlowPacket = 16;

struct Options {
  uint64_t packets = 5'000'000;
  uint32_t flows = 10'000;
  int snaplen = 96;
  double zipf = 0;
  uint32_t seed = 1;
  uint64_t burst = 0;
  size_t max_wire_bytes = kMaxWireBytes;
  bool spoofed = false;
  bool late = false;
  bool talkers = false;
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

// What is left of a frame of so many bytes without its headers.
uint32_t PayloadBytes(const Conversation& talk, size_t wire_bytes) {
  constexpr size_t kIpv4AndTcpBytes = 20 + 20;
  constexpr size_t kIpv6AndTcpBytes = 40 + 20;
  const size_t headers = kEthernetBytes + (talk.ipv6 ? kIpv6AndTcpBytes
                                                     : kIpv4AndTcpBytes);
  return static_cast<uint32_t>(wire_bytes > headers ? wire_bytes - headers : 0);
}

// Draws conversations: uniformly, or the k-th with a share of 1/k^exponent.
class Chooser {
 public:
  Chooser(size_t count, double exponent) {
    if (exponent > 0) {
      double total = 0;
      for (size_t k = 1; k <= count; ++k) {
        total += std::pow(static_cast<double>(k), -exponent);
        cumulative_.push_back(total);
      }
    }
  }
  // One of the first `count`. REQUIRES: 0 < count <= that of construction.
  size_t Choose(size_t count, Dice* dice) const {
    if (cumulative_.empty()) {
      return dice->Below(static_cast<uint32_t>(count));
    }
    const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(),
                                        dice->Unit() * cumulative_[count - 1]);
    return std::min(static_cast<size_t>(found - cumulative_.begin()),
                    count - 1);
  }

 private:
  std::vector<double> cumulative_;
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

struct FlowTally {
  uint64_t packets = 0;
  uint64_t ip_bytes = 0;
};

class Traffic {
 public:
  explicit Traffic(const Options& options)
      : options_(options),
        dice_(options.seed),
        chooser_(options.flows / 2, options.zipf),
        flows_(options.flows / 2 * 2) {
    for (uint32_t i = 0; i < options.flows / 2; ++i) {
      talks_.push_back(MakeConversation(i, &dice_));
    }
  }

  // Builds packet `number` of the file; returns its wire length.
  size_t Next(uint64_t number, FrameWriter* frame) {
    const auto choices =
        static_cast<uint32_t>(options_.max_wire_bytes - kMinWireBytes + 1);
    const size_t wanted = kMinWireBytes + dice_.Below(choices);
    size_t built = 0;
    if (options_.spoofed && number % kSpoofedPerFlowPacket != 0) {
      built = frame->Build(SpoofedConversation(spoofed_++), 0, kTcpSyn,
                           kMinWireBytes);
    } else {
      const size_t flow = ChooseFlow(number);
      const auto side = static_cast<uint32_t>(flow % 2);
      Conversation& talk = talks_[flow / 2];
      built = frame->Build(talk, side, kTcpPushAck, wanted);
      talk.ends[side].sequence += PayloadBytes(talk, built);
      ++flows_[flow].packets;
      flows_[flow].ip_bytes += built - kEthernetBytes;
    }
    wire_bytes_ += built;
    return built;
  }

  void PrintFacts() const {
    const auto flows = std::ranges::count_if(
        flows_, [](const FlowTally& flow) { return flow.packets != 0; });
    std::printf(
        "{\"packets\": %llu, \"wire_bytes\": %llu, \"ip_bytes\": %llu, "
        "\"flows\": %llu, \"spoofed\": %llu",
        static_cast<unsigned long long>(options_.packets),
        static_cast<unsigned long long>(wire_bytes_),
        static_cast<unsigned long long>(wire_bytes_ -
                                        options_.packets * kEthernetBytes),
        static_cast<unsigned long long>(flows),
        static_cast<unsigned long long>(spoofed_));
    if (options_.talkers) PrintTalkers();
    std::printf("}\n");
  }

 private:
  // Twice the conversation's number, and 1 more where the server sends.
  size_t ChooseFlow(uint64_t number) {
    if (options_.burst != 0) return number / options_.burst % flows_.size();
    const bool first_half = options_.late && number < options_.packets / 2;
    const size_t talk = chooser_.Choose(
        first_half ? (talks_.size() + 1) / 2 : talks_.size(), &dice_);
    return talk * 2 + dice_.Below(2);
  }

  void PrintTalkers() const {
    const auto text = [](const Conversation& talk, size_t side) {
      std::array<char, INET6_ADDRSTRLEN> out{};
      inet_ntop(talk.ipv6 ? AF_INET6 : AF_INET, talk.ends[side].address.data(),
                out.data(), out.size());
      return std::string(out.data());
    };
    const char* before = ", \"talkers\": [";
    for (size_t i = 0; i < flows_.size(); ++i) {
      const Conversation& talk = talks_[i / 2];
      std::printf("%s[\"%s\", \"%s\", %llu, %llu]", before,
                  text(talk, i % 2).c_str(), text(talk, 1 - i % 2).c_str(),
                  static_cast<unsigned long long>(flows_[i].packets),
                  static_cast<unsigned long long>(flows_[i].ip_bytes));
      before = ", ";
    }
    std::printf("]");
  }

  const Options& options_;
  Dice dice_;
  Chooser chooser_;
  std::vector<Conversation> talks_;
  std::vector<FlowTally> flows_;
  uint64_t wire_bytes_ = 0;
  uint64_t spoofed_ = 0;
};

void Run(const Options& options) {
  Traffic traffic(options);
  SavedFile file(options.out,
                 options.snaplen == 0 ? kFullSnaplen : options.snaplen);
  FrameWriter frame;
  for (uint64_t i = 0; i < options.packets; ++i) {
    const size_t wire_bytes = traffic.Next(i, &frame);
    file.Add(static_cast<int64_t>(i) * kMicrosecondsPerPacket, wire_bytes,
             frame.data());
  }
  file.Finish();
  traffic.PrintFacts();
}

}  // namespace

int ParseAndRun(int argc, char** argv) {
  Options options;
  CLI::App app("Writes a capture file of made-up, reproducible traffic.");
  app.add_option("--packets", options.packets, "How many packets")
      ->check(CLI::Range(1, 100'000'000));
  app.add_option("--flows", options.flows, "Flows, two per conversation")
      ->check(CLI::Range(2, 16'000'000));
  app.add_option("--snaplen", options.snaplen, "Bytes kept; 0 keeps all")
      ->check(CLI::Range(0, kFullSnaplen));
  app.add_option("--max-wire-bytes", options.max_wire_bytes, "Longest frame")
      ->check(CLI::Range(kMinWireBytes, kMaxWireBytes));
  app.add_option("--zipf", options.zipf, "Exponent; 0 is uniform")
      ->check(CLI::Range(0.0, 5.0));
  app.add_option("--burst", options.burst, "Packets of a flow in a row");
  app.add_option("--seed", options.seed, "Other traffic of the same kind");
  app.add_flag("--spoofed", options.spoofed, "A flood around the flows");
  app.add_flag("--late", options.late, "Half of the flows start halfway");
  app.add_flag("--talkers", options.talkers, "Print what each flow has sent");
  app.add_option("--out", options.out, "The file to write")->required();
  CLI11_PARSE(app, argc, argv);
  Run(options);
  return 0;
}

}  // namespace ntm::bench

int main(int argc, char** argv) {
  try {
    return ntm::bench::ParseAndRun(argc, argv);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "ntm_make_traffic: %s\n", failure.what());
    return 1;
  }
}
