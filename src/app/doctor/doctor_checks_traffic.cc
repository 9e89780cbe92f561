#include <fmt/format.h>

#include <algorithm>

#include "doctor_checks.h"

namespace ntm {
namespace {

// So many TCP packets without an answer are no chance.
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
    return Ok(kName, name + ": off, as asked: only this host's own traffic");
  }
  if (!sample.promiscuity) {
    return Ok(kName, name +
                         " has no such mode: each interface brings what it "
                         "takes anyway");
  }
  if (*sample.promiscuity == 0) {
    return Warn(kName,
                name +
                    " did not go promiscuous: only this host's own traffic "
                    "is seen",
                "see what dmesg says of its driver");
  }
  if (sample.is_wireless) {
    return Warn(kName,
                name +
                    " is wireless: an access point hands over this host's "
                    "own traffic only",
                "capture on the router, or on a wired port that mirrors it");
  }
  return Ok(kName, name + " takes frames for other hosts too");
}

Findings JudgeFilter(const TrafficSample& sample, const Options& options) {
  constexpr char kName[] = "filter";
  const std::string subject =
      fmt::format("'{}' on {}", options.filter, sample.interface);
  if (sample.frames == 0 && sample.matching_frames == 0) {
    return {Ok(kName, subject + " is valid; nothing passed to try it on")};
  }
  const bool is_blind = options.raw_filter && Encapsulated(sample) > 0;
  if (sample.matching_frames == 0 && is_blind &&
      Encapsulated(sample) == sample.frames) {
    return {Fail("tags",
                 fmt::format("{} matches nothing in {} s: all {} frames have "
                             "VLAN tags or PPPoE headers, which --raw-filter "
                             "does not look behind",
                             subject, sample.seconds, sample.frames),
                 "leave out --raw-filter, or write (vlan and (…))")};
  }
  if (sample.matching_frames == 0) {
    return {Fail(kName,
                 fmt::format("{} matches nothing in {} s while {} other frames "
                             "pass",
                             subject, sample.seconds, sample.frames),
                 "if what it asks for is rare, look longer with --seconds; "
                 "else see pcap-filter(7)")};
  }
  Findings findings = {
      Ok(kName,
         fmt::format("{} matches {} frames in {} s; {} pass in all", subject,
                     sample.matching_frames, sample.seconds, sample.frames))};
  if (is_blind) {
    findings.push_back(Warn(
        "tags",
        fmt::format("{} of {} frames on {} have VLAN tags or PPPoE headers, "
                    "which --raw-filter does not look behind",
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
      fmt::format("nothing passed on {} in {} s", sample.interface,
                  sample.seconds),
      busier_interface.empty()
          ? "if that is no quiet network, try another interface; ntm -D "
            "lists them"
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
           "if a switch mirrors to this port, let it mirror both "
           "directions (rx and tx); asymmetric routes look the same")};
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
        larger + "a filter that lets through less");
  }
  if (counts.dropped_by_interface_packets > 0) {
    return Warn(
        kName,
        fmt::format("{}: the interface itself lost {} frames in {} s", name,
                    counts.dropped_by_interface_packets, sample.seconds),
        "give it more receive buffers: ethtool -G " + name + " rx N");
  }
  return Ok(kName, fmt::format("{}: none of {} frames was lost", name,
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
