#include <fmt/format.h>

#include <algorithm>

#include "doctor_checks.h"

namespace ntm {
namespace {

// This many TCP packets in one direction only are not a coincidence.
constexpr uint64_t kEnoughTcpPackets = 10;
constexpr uint64_t kMaxBufferBytes = 1ULL << 30;

std::string Percent(uint64_t part, uint64_t whole) {
  return fmt::format("{:.2g} %", 100.0 * static_cast<double>(part) /
                                     static_cast<double>(whole));
}

uint64_t Encapsulated(const TrafficSample& sample) {
  return sample.vlan_frames + sample.pppoe_frames;
}

}  // namespace

Finding JudgePromiscuous(const TrafficSample& sample, bool is_wanted) {
  constexpr char kName[] = "promiscuous";
  const std::string& name = sample.interface;
  if (!is_wanted) {
    return Ok(kName,
              name + ": off, as configured: only this host's own traffic");
  }
  if (!sample.promiscuity) {
    return Ok(kName, name +
                         " has no promiscuous mode: each interface captures "
                         "what it receives anyway");
  }
  if (*sample.promiscuity == 0) {
    return Warn(kName,
                name +
                    " did not enter promiscuous mode: only this host's own "
                    "traffic is seen",
                "look for messages of its driver in dmesg");
  }
  if (sample.is_wireless) {
    return Warn(kName,
                name +
                    " is wireless: an access point sends it only this host's "
                    "own traffic",
                "capture on the router, or on a wired mirror port");
  }
  return Ok(kName, name + " also receives frames for other hosts");
}

Findings JudgeFilter(const TrafficSample& sample, const Options& options) {
  constexpr char kName[] = "filter";
  const std::string subject =
      fmt::format("'{}' on {}", options.filter, sample.interface);
  if (sample.frames == 0 && sample.matching_frames == 0) {
    return {Ok(kName, subject + " is valid; there was no traffic to test it")};
  }
  const bool is_blind = options.raw_filter && Encapsulated(sample) > 0;
  if (sample.matching_frames == 0 && is_blind &&
      Encapsulated(sample) == sample.frames) {
    return {Fail("tags",
                 fmt::format("{} matches nothing in {} s: all {} frames have "
                             "VLAN tags or PPPoE headers, which --raw-filter "
                             "does not skip",
                             subject, sample.seconds, sample.frames),
                 "leave out --raw-filter, or write (vlan and (…))")};
  }
  if (sample.matching_frames == 0) {
    return {Fail(kName,
                 fmt::format("{} matches none of {} frames in {} s", subject,
                             sample.frames, sample.seconds),
                 "if such traffic is rare, capture longer with --seconds; else "
                 "see pcap-filter(7)")};
  }
  Findings findings = {
      Ok(kName,
         fmt::format("{} matches {} of {} frames in {} s", subject,
                     sample.matching_frames, sample.frames, sample.seconds))};
  if (is_blind) {
    findings.push_back(Warn(
        "tags",
        fmt::format("{} of {} frames on {} have VLAN tags or PPPoE headers, "
                    "which --raw-filter does not skip",
                    Encapsulated(sample), sample.frames, sample.interface),
        "leave out --raw-filter"));
  }
  return findings;
}

Finding JudgeTraffic(const TrafficSample& sample,
                     const std::string& busier_interface) {
  constexpr char kName[] = "traffic";
  if (sample.frames > 0) {
    return Ok(kName, fmt::format("{} frames on {} in {} s", sample.frames,
                                 sample.interface, sample.seconds));
  }
  return Warn(
      kName,
      fmt::format("no frames seen on {} in {} s", sample.interface,
                  sample.seconds),
      busier_interface.empty()
          ? "if you expect traffic there, try another interface; ntm -D lists "
            "them"
          : "there is traffic on " + busier_interface + ": try -i " +
                busier_interface);
}

Findings JudgeDirection(const TrafficSample& sample) {
  constexpr char kName[] = "direction";
  if (sample.tcp_answered_pairs > 0) {
    return {
        Ok(kName, sample.interface + ": conversations have both directions")};
  }
  if (sample.tcp_packets < kEnoughTcpPackets) return {};
  return {
      Warn(kName,
           fmt::format("{}: {} TCP packets of {} conversations, all in "
                       "one direction only",
                       sample.interface, sample.tcp_packets, sample.tcp_pairs),
           "if a switch mirrors to this port, configure it to mirror both "
           "directions (rx and tx); asymmetric routing has the same effect")};
}

Finding JudgeDrops(const TrafficSample& sample, const Options& options) {
  constexpr char kName[] = "drops";
  const CaptureStatistics& counts = sample.statistics;
  const std::string& name = sample.interface;
  if (counts.dropped_by_kernel_packets > 0) {
    const uint64_t more =
        std::min(std::max(options.buffer_bytes * 4, uint64_t{16} << 20),
                 kMaxBufferBytes);
    const std::string larger =
        more > options.buffer_bytes
            ? fmt::format("--buffer-size {}MiB, or ", more >> 20)
            : "";
    return Warn(
        kName,
        fmt::format("{}: {} of {} frames ({}) were lost in {} s: the ring was "
                    "full",
                    name, counts.dropped_by_kernel_packets,
                    counts.received_packets,
                    Percent(counts.dropped_by_kernel_packets,
                            std::max(counts.received_packets, 1U)),
                    sample.seconds),
        larger + "a filter that matches fewer frames");
  }
  if (counts.dropped_by_interface_packets > 0) {
    return Warn(
        kName,
        fmt::format("{}: the interface dropped {} frames in {} s", name,
                    counts.dropped_by_interface_packets, sample.seconds),
        "give it more receive buffers: ethtool -G " + name + " rx N");
  }
  if (counts.received_packets == 0) return Ok(kName, name + ": no frames seen");
  return Ok(kName, fmt::format("{}: no frames lost of {}", name,
                               counts.received_packets));
}

Findings JudgeLinkType(const TrafficSample& sample) {
  if (sample.unknown_link_frames == 0) return {};
  return {Fail(
      "link type",
      fmt::format("{}: {} of {} frames have a link type that ntm "
                  "cannot decode",
                  sample.interface, sample.unknown_link_frames, sample.frames),
      "capture on the interface that carries IP")};
}

}  // namespace ntm
