// The checks of `ntm doctor`, by group; each group is a file of its own.
//
// Shape    Judge…() are pure: what was seen → findings. Check…() look at the
//          machine and judge.
// Threads  main thread.
// Errors   what a check cannot find out is a finding, or none; nothing throws
//          for the machine's state.
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

// doctor_checks_files.cc: what is read at start.
Findings JudgeConfiguration(const Options& options);
Finding CheckServices(const Options& options);

// doctor_checks_process.cc: what this process may do and has.
Finding JudgeRights(const ProcessRights& rights);

Finding JudgeMemory(uint64_t needed_bytes,
                    std::optional<uint64_t> available_bytes);
Finding CheckMemory(const Options& options, size_t interface_count);

Finding JudgeClock(int64_t seconds_since_epoch, bool is_synchronised);
Finding CheckClock();

// doctor_checks_links.cc: what the kernel says of the interfaces.
Finding JudgeNamespace(const std::vector<LinkState>& links);
// `name` may be any name that -i takes, also `any`.
Finding JudgeLink(const std::string& name, const std::vector<LinkState>& links,
                  bool wait_interface);
Findings JudgeOverlaps(const std::vector<std::string>& chosen,
                       const std::vector<LinkState>& links);

// doctor_checks_offloads.cc
struct Offloads {
  std::optional<bool> gro, gso, tso, lro;  // nullopt: cannot be asked
};
Finding JudgeOffloads(const std::string& name, const Offloads& offloads);
Finding CheckOffloads(const std::string& name);

// doctor_checks_http.cc: whether Prometheus can come and what it will see.
Findings CheckPort(const Options& options);
Finding JudgeBind(const std::vector<std::string>& listen_addresses);
Finding JudgeServiceLabel(bool is_kubernetes);

// doctor_checks_traffic.cc: what the test capture has seen.
Finding JudgePromiscuous(const TrafficSample& sample, bool is_wanted);
Findings JudgeFilter(const TrafficSample& sample, const Options& options);
Finding JudgeTraffic(const TrafficSample& sample,
                     const std::string& busier_interface);
// None where no TCP was seen.
Findings JudgeDirection(const TrafficSample& sample);
Finding JudgeDrops(const TrafficSample& sample, const Options& options);
// None where every frame could be decoded.
Findings JudgeLinkType(const TrafficSample& sample);

}  // namespace ntm
