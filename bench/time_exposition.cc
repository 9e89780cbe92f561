// Measures what it takes to write many flows as text.
//
// Without --like, 100,000 flows (200,000 samples), in one process:
//   ntm             ModuleHost::Scrape: the snapshot's copy, then the text.
//   protobuf        the same in protobuf.
//   prometheus_cpp  Registry::Collect, then TextSerializer::Serialize.
// Both must say the same samples.
//
// With --like FILE, the flows of this exposition:
//   text            writes the samples that the file has, byte for byte, from a
//                   snapshot to memory that was written to before.
//   gzip            compresses the whole file, in memory, as gzip -1 does.
//
// Prints one line of JSON, seconds per round.
#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <zlib.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "app/host/module_host.h"
#include "ntm/flow/flow_table.h"
#include "ntm/flow/snapshot.h"
#include "ntm/module/module.h"
#include "ntm/net/protocol.h"

namespace ntm::traffic {
std::unique_ptr<Module> MakeModule();
}

namespace ntm::bench {
namespace {

constexpr const char* kServices =
    "ssh 22/tcp\ndomain 53/udp\nhttp 80/tcp\nntp 123/udp\nhttps 443/tcp\n"
    "https 443/udp\npostgresql 5432/tcp\nsip 5060/udp\n";

struct Talk {
  Packet packet;
  std::string src;
  std::string dst;
  std::string protocol;
  std::string service;
  ServiceId service_id = kNoService;
};

std::string Ipv4Text(const std::array<uint8_t, 16>& bytes) {
  std::string text;
  for (size_t i = 0; i < 4; ++i) {
    text += (i == 0 ? "" : ".") + std::to_string(bytes[i]);
  }
  return text;
}

Talk MakeTalk(uint32_t number, const Services& services) {
  static constexpr std::array<std::pair<Protocol, uint16_t>, 8> kKinds{
      {{6, 443},
       {6, 443},
       {6, 443},
       {6, 80},
       {17, 443},
       {6, 22},
       {17, 123},
       {6, 9999}}};
  const auto [protocol, port] = kKinds[number % kKinds.size()];
  Talk talk;
  const auto byte = [number](int shift) {
    return static_cast<uint8_t>(number >> shift);
  };
  talk.packet.src.kind = talk.packet.dst.kind = AddressKind::kIpv4;
  talk.packet.src.bytes = {10, byte(16), byte(8), byte(0)};
  talk.packet.dst.bytes = {198, 18, byte(4), byte(9)};
  talk.packet.protocol = protocol;
  talk.packet.bytes = 40 + number * 7919 % 1461;
  talk.service_id = services.Find(protocol, port);
  talk.src = Ipv4Text(talk.packet.src.bytes);
  talk.dst = Ipv4Text(talk.packet.dst.bytes);
  talk.protocol = protocol == 6 ? "tcp" : "udp";
  talk.service = services.Name(talk.service_id);
  return talk;
}

// The samples of the two flow families, in an order of their own.
std::vector<std::string> Samples(const std::string& text) {
  std::vector<std::string> samples;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("ntm_bytes_total{") ||
        line.starts_with("ntm_packets_total{")) {
      samples.push_back(line);
    }
  }
  std::ranges::sort(samples);
  return samples;
}

std::vector<std::unique_ptr<Module>> MakeModules() {
  std::vector<std::unique_ptr<Module>> modules;
  modules.push_back(traffic::MakeModule());
  return modules;
}

class Contest {
 public:
  explicit Contest(uint32_t flows)
      : services_([] {
          std::istringstream lines(kServices);
          return std::make_shared<const Services>(Services::FromStream(lines));
        }()),
        // Half of the places are for everyone.
        table_(size_t{flows} * 2 + 2, /*hash_seed=*/1),
        host_({}, MakeModules(), [this] { return Copy(); }) {
    auto& bytes = prometheus::BuildCounter()
                      .Name("ntm_bytes_total")
                      .Help("Bytes transferred (IP total length).")
                      .Register(registry_);
    auto& packets = prometheus::BuildCounter()
                        .Name("ntm_packets_total")
                        .Help("Packets transferred.")
                        .Register(registry_);
    for (uint32_t i = 0; i < flows; ++i) {
      const Talk talk = MakeTalk(i, *services_);
      const uint32_t times = 1 + i % 3;
      const prometheus::Labels labels = {{"src", talk.src},
                                         {"dst", talk.dst},
                                         {"proto", talk.protocol},
                                         {"service", talk.service}};
      for (uint32_t n = 0; n < times; ++n) {
        table_.Add(FlowKey::Make(talk.packet.src, talk.packet.dst,
                                 talk.packet.protocol, talk.service_id),
                   talk.packet.bytes, /*time_ns=*/0);
      }
      bytes.Add(labels).Increment(
          static_cast<double>(talk.packet.bytes * times));
      packets.Add(labels).Increment(times);
    }
    host_.Open();
    host_.Start();
  }

  std::string Ntm() const {
    return host_.Scrape(ExpositionFormat::kPrometheusText);
  }

  std::string Protobuf() const {
    return host_.Scrape(ExpositionFormat::kProtobuf);
  }

  std::string PrometheusCpp() const {
    return prometheus::TextSerializer().Serialize(registry_.Collect());
  }

 private:
  std::shared_ptr<const Snapshot> Copy() {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->services = services_;
    table_.AppendTo(&snapshot->flows, &snapshot->extras);
    return snapshot;
  }

  std::shared_ptr<const Services> services_;
  FlowTable table_;
  ModuleHost host_;
  prometheus::Registry registry_;
};

// The flows of an exposition with the usual labels.
class Likeness {
 public:
  explicit Likeness(const std::string& path)
      : text_(ReadAll(path)),
        host_({}, MakeModules(), [this] { return now_; }) {
    auto snapshot = std::make_shared<Snapshot>();
    std::map<std::string, std::string> numbers;  // of packets, by labels
    std::string services;
    std::istringstream lines(text_);
    std::vector<std::pair<std::string, std::string>> flows;
    for (std::string line; std::getline(lines, line);) {
      const bool is_bytes = line.starts_with(kBytes);
      if (!is_bytes && !line.starts_with(kPackets)) continue;
      samples_ += line + "\n";
      const size_t open = line.find('{') + 1;
      const size_t close = line.rfind('}');
      const std::string labels = line.substr(open, close - open);
      if (is_bytes) {
        flows.emplace_back(labels, line.substr(close + 2));
      } else {
        numbers[labels] = line.substr(close + 2);
      }
    }
    for (const auto& [labels, bytes] : flows) {
      AddService(Value(labels, "service"), &services);
    }
    std::istringstream service_lines(services);
    snapshot->services =
        std::make_shared<const Services>(Services::FromStream(service_lines));
    for (uint32_t number = 0; number <= 0xffff; ++number) {
      const auto protocol = static_cast<Protocol>(number);
      protocols_.try_emplace(ProtocolName(protocol), protocol);
    }
    for (const auto& [labels, bytes] : flows) {
      Flow flow;
      flow.key =
          FlowKey::Make(Host(Value(labels, "src")), Host(Value(labels, "dst")),
                        protocols_.at(Value(labels, "proto")),
                        snapshot->services->Find(
                            kProtocolTcp, ports_.at(Value(labels, "service"))));
      flow.bytes = std::stoull(bytes);
      flow.packets = std::stoull(numbers.at(labels));
      snapshot->flows.push_back(flow);
    }
    now_ = std::move(snapshot);
    host_.Open();
    host_.Start();
    packed_.resize(text_.size() + 65536);
    WriteText();
    if (SamplesIn(written_) != samples_) {
      throw std::runtime_error("cannot write the samples of " + path);
    }
  }

  size_t sample_bytes() const { return samples_.size(); }

  const std::string& WriteText() {
    written_.clear();
    host_.Scrape(ExpositionFormat::kPrometheusText, &written_);
    return written_;
  }

  const std::string& Gzip() {
    z_stream stream{};
    if (deflateInit2(&stream, 1, Z_DEFLATED, MAX_WBITS + 16, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
    stream.next_in = reinterpret_cast<Bytef*>(text_.data());
    stream.avail_in = static_cast<uInt>(text_.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed_.data());
    stream.avail_out = static_cast<uInt>(packed_.size());
    const int result = deflate(&stream, Z_FINISH);
    deflateEnd(&stream);
    if (result != Z_STREAM_END) throw std::runtime_error("deflate failed");
    return packed_;
  }

 private:
  static constexpr std::string_view kBytes = "ntm_bytes_total{";
  static constexpr std::string_view kPackets = "ntm_packets_total{";

  static std::string ReadAll(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static std::string SamplesIn(const std::string& text) {
    std::string samples;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with(kBytes) || line.starts_with(kPackets)) {
        samples += line + "\n";
      }
    }
    return samples;
  }

  // None of these values has characters that are escaped.
  static std::string Value(const std::string& labels, const std::string& name) {
    const size_t begin = labels.find(name + "=\"") + name.size() + 2;
    return labels.substr(begin, labels.find('"', begin) - begin);
  }

  static Address Host(const std::string& text) {
    if (const auto address = ParseAddress(text)) return *address;
    Address other;
    other.kind = AddressKind::kOther;
    return other;
  }

  void AddService(const std::string& name, std::string* services) {
    const auto port = static_cast<uint16_t>(ports_.size() + 1);
    if (!ports_.try_emplace(name, port).second || name.empty()) return;
    *services += name + " " + std::to_string(port) + "/tcp\n";
  }

  std::string text_;
  std::string samples_;
  std::map<std::string, uint16_t> ports_;
  std::map<std::string, Protocol> protocols_;
  std::shared_ptr<const Snapshot> now_;
  ModuleHost host_;
  std::string written_;
  std::string packed_;
};

template <typename Work>
double Seconds(const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  const auto& text = work();
  const auto end = std::chrono::steady_clock::now();
  if (text.empty()) throw std::runtime_error("nothing was written");
  return std::chrono::duration<double>(end - begin).count();
}

void Print(const char* name, const std::vector<double>& values) {
  std::printf("\"%s\": [", name);
  for (size_t i = 0; i < values.size(); ++i) {
    std::printf("%s%.9f", i == 0 ? "" : ", ", values[i]);
  }
  std::printf("]");
}

int RunLike(const std::string& path, int rounds) {
  Likeness like(path);
  std::vector<double> text;
  std::vector<double> gzip;
  for (int i = 0; i < rounds; ++i) {
    text.push_back(
        Seconds([&]() -> const std::string& { return like.WriteText(); }));
    gzip.push_back(
        Seconds([&]() -> const std::string& { return like.Gzip(); }));
  }
  std::printf("{\"bytes\": %zu, ", like.sample_bytes());
  Print("text", text);
  std::printf(", ");
  Print("gzip", gzip);
  std::printf("}\n");
  return 0;
}

int ParseAndRun(int argc, char** argv) {
  uint32_t flows = 100'000;
  int rounds = 5;
  std::string like;
  CLI::App app("Times the writing of many flows as text.");
  app.add_option("--flows", flows, "Flows, two samples each")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--rounds", rounds, "Rounds")->check(CLI::Range(1, 1000));
  app.add_option("--like", like, "An exposition whose flows are written");
  CLI11_PARSE(app, argc, argv);
  if (!like.empty()) return RunLike(like, rounds);

  const Contest contest(flows);
  const std::vector<std::string> samples = Samples(contest.Ntm());
  if (samples.size() != size_t{flows} * 2 ||
      samples != Samples(contest.PrometheusCpp())) {
    throw std::runtime_error("the two expositions differ");
  }
  std::vector<double> ntm;
  std::vector<double> protobuf;
  std::vector<double> prometheus_cpp;
  for (int i = 0; i < rounds; ++i) {
    ntm.push_back(Seconds([&] { return contest.Ntm(); }));
    protobuf.push_back(Seconds([&] { return contest.Protobuf(); }));
    prometheus_cpp.push_back(Seconds([&] { return contest.PrometheusCpp(); }));
  }
  std::printf("{\"samples\": %zu, ", samples.size());
  Print("ntm", ntm);
  std::printf(", ");
  Print("protobuf", protobuf);
  std::printf(", ");
  Print("prometheus_cpp", prometheus_cpp);
  std::printf("}\n");
  return 0;
}

}  // namespace
}  // namespace ntm::bench

int main(int argc, char** argv) {
  try {
    return ntm::bench::ParseAndRun(argc, argv);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "ntm_time_exposition: %s\n", failure.what());
    return 1;
  }
}
