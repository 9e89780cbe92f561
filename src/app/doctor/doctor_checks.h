// The checks of `ntm doctor`, in groups; each group has a file of its own.
//
// Shape    Judge…() are pure functions from observations to findings. Check…()
//          inspect the machine and judge.
// Threads  main thread.
// Errors   no check throws because of the machine's state; what it cannot find
//          out is a finding or is left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/options/options.h"
#include "doctor_probe.h"
#include "doctor_report.h"
#include "ntm/capture/capture_right.h"
#include "ntm/net/link.h"

namespace ntm {

// doctor_checks_files.cc: the files that are read at start.
Findings JudgeConfiguration(const Options& options);
Finding CheckServices(const Options& options);

// doctor_checks_process.cc: the privileges and resources of this process.
Finding JudgeRights(const ProcessRights& rights);

Finding JudgeMemory(uint64_t needed_bytes,
                    std::optional<uint64_t> available_bytes);
Finding CheckMemory(const Options& options, size_t interface_count);

Finding JudgeClock(int64_t seconds_since_epoch, bool is_synchronised);
Finding CheckClock();

// doctor_checks_links.cc: the state of the interfaces in the kernel.
Finding JudgeNamespace(const std::vector<LinkState>& links);
// `name` may be any name that -i accepts, including `any`.
Finding JudgeLink(const std::string& name, const std::vector<LinkState>& links,
                  bool wait_interface);
Findings JudgeOverlaps(const std::vector<std::string>& chosen,
                       const std::vector<LinkState>& links);

// doctor_checks_offloads.cc
struct Offloads {
  std::optional<bool> gro, gso, tso, lro;  // nullopt: unknown
};
Finding JudgeOffloads(const std::string& name, const Offloads& offloads);
Finding CheckOffloads(const std::string& name);

// doctor_checks_http.cc: whether Prometheus can scrape ntm.
Findings CheckPort(const Options& options);
Finding JudgeBind(const std::vector<std::string>& listen_addresses);
Finding JudgeServiceLabel(bool is_kubernetes);

// doctor_checks_traffic.cc: the results of the test capture.
Finding JudgePromiscuous(const TrafficSample& sample, bool is_wanted);
Findings JudgeFilter(const TrafficSample& sample, const Options& options);
Finding JudgeTraffic(const TrafficSample& sample,
                     const std::string& busier_interface);
// None if there was too little TCP to judge.
Findings JudgeDirection(const TrafficSample& sample);
Finding JudgeDrops(const TrafficSample& sample, const Options& options);
// None if every frame's link type is supported.
Findings JudgeLinkType(const TrafficSample& sample);

}  // namespace ntm
