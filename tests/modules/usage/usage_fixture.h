// Synthetic snapshots and reports.
#pragma once

#include <cstdint>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "ntm/flow/snapshot.h"
#include "ntm/module/reports.h"
#include "site_of.h"

namespace ntm::usage::test {

inline constexpr int64_t kNs = 1'000'000'000;
inline constexpr int64_t kStart = 1'769'846'400;  // 2026-01-31T08:00:00Z
inline constexpr uint8_t kTcp = 6;

inline std::shared_ptr<const Services> SomeServices() {
  std::istringstream lines("ssh 22/tcp\nhttps 443/tcp\n");
  return std::make_shared<const Services>(Services::FromStream(lines));
}

inline Address At(const std::string& text) {
  if (text == "other") return Address::Other();
  if (text == "internet") return Address::Internet();
  if (text.empty()) return {};
  return ParseAddress(text).value();
}

struct Flows {
  Flows() {
    snapshot.services = SomeServices();
    snapshot.local_networks = std::make_shared<const LocalNetworks>();
  }
  Flows& Add(const std::string& src, const std::string& dst, uint64_t bytes,
             uint16_t port = 443) {
    Flow flow;
    flow.key = FlowKey::Make(At(src), At(dst), kTcp,
                             snapshot.services->Find(kTcp, port));
    flow.bytes = bytes;
    flow.packets = 1;
    snapshot.flows.push_back(flow);
    return *this;
  }
  Flows& Evicted(uint64_t bytes) {
    snapshot.evicted_bytes = bytes;
    return *this;
  }
  Snapshot snapshot;
};

inline InterfaceSample Interface(const std::string& name, uint64_t receive,
                                 uint64_t transmit) {
  InterfaceSample sample;
  sample.name = name;
  sample.receive_bytes = receive;
  sample.transmit_bytes = transmit;
  return sample;
}

inline InterfaceReport Report(int64_t time_s,
                              std::vector<InterfaceSample> interfaces) {
  InterfaceReport report;
  report.time_ns = time_s * kNs;
  report.interfaces = std::move(interfaces);
  report.site = ntm::test::SiteOf(report);
  return report;
}

}  // namespace ntm::usage::test
