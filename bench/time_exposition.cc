// Measures what it takes to write 100,000 flows (200,000 samples) as text:
// ntm's way from its table to /metrics, and prometheus-cpp's own, in one
// process.
//
// ntm             ModuleHost::Scrape: the snapshot's copy, then the text.
// prometheus-cpp  Registry::Collect, then TextSerializer::Serialize.
//
// Both must say the same samples. Prints one line of JSON, seconds per round.
#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
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

  std::string PrometheusCpp() const {
    return prometheus::TextSerializer().Serialize(registry_.Collect());
  }

 private:
  static std::vector<std::unique_ptr<Module>> MakeModules() {
    std::vector<std::unique_ptr<Module>> modules;
    modules.push_back(traffic::MakeModule());
    return modules;
  }

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

template <typename Work>
double Seconds(const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string text = work();
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

int ParseAndRun(int argc, char** argv) {
  uint32_t flows = 100'000;
  int rounds = 5;
  CLI::App app("Times the writing of many flows as text.");
  app.add_option("--flows", flows, "Flows, two samples each")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--rounds", rounds, "Rounds")->check(CLI::Range(1, 1000));
  CLI11_PARSE(app, argc, argv);

  const Contest contest(flows);
  const std::vector<std::string> samples = Samples(contest.Ntm());
  if (samples.size() != size_t{flows} * 2 ||
      samples != Samples(contest.PrometheusCpp())) {
    throw std::runtime_error("the two expositions differ");
  }
  std::vector<double> ntm;
  std::vector<double> prometheus_cpp;
  for (int i = 0; i < rounds; ++i) {
    ntm.push_back(Seconds([&] { return contest.Ntm(); }));
    prometheus_cpp.push_back(Seconds([&] { return contest.PrometheusCpp(); }));
  }
  std::printf("{\"samples\": %zu, ", samples.size());
  Print("ntm", ntm);
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
