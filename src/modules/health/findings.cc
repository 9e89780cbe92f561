#include "findings.h"

#include <fmt/format.h>

namespace ntm::health {
namespace {

constexpr double kBadRetransmissions = 0.02;
constexpr double kBadFailures = 0.1;
constexpr uint64_t kEnoughAttempts = 10;
constexpr uint64_t kEnoughTimes = 5;
constexpr double kSlowInternetSeconds = 0.15;
constexpr double kSlowLanSeconds = 0.02;
constexpr double kSlowDnsSeconds = 0.1;

std::string Percent(double ratio) {
  return fmt::format("{:.1f} %", 100 * ratio);
}

std::string Ms(double seconds) {
  return fmt::format("{:.{}f} ms", 1000 * seconds, seconds < 0.01 ? 1 : 0);
}

bool IsSlow(const AnswerTimes& times, double limit_seconds) {
  return times.count >= kEnoughTimes && times.median_seconds > limit_seconds;
}

bool IsLossy(const SentSegments& sent) {
  return sent.Ratio().value_or(0) >= kBadRetransmissions;
}

double Share(uint64_t part, uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::vector<std::string> FindingsOf(const HealthReport& report) {
  std::vector<std::string> findings;
  const uint64_t dns_failed = report.dns_failures + report.dns_unanswered;
  if (report.dns_questions >= kEnoughAttempts &&
      Share(dns_failed, report.dns_questions) >= kBadFailures) {
    findings.push_back(fmt::format(
        "{} of {} questions to name servers failed ({} without an answer): "
        "check the name server, or choose another one.",
        dns_failed, report.dns_questions, report.dns_unanswered));
  }
  const uint64_t failed =
      report.refused_connections + report.unanswered_connections;
  if (report.connections >= kEnoughAttempts &&
      Share(failed, report.connections) >= kBadFailures) {
    findings.push_back(fmt::format(
        "{} of {} attempts to connect failed ({} refused, {} unanswered): see "
        "below which services they are for.",
        failed, report.connections, report.refused_connections,
        report.unanswered_connections));
  }
  if (IsLossy(report.down)) {
    findings.push_back(fmt::format(
        "Downloads are retransmitted {} of the time: packets from the internet "
        "are lost on the way to the local hosts.",
        Percent(*report.down.Ratio())));
  }
  if (IsLossy(report.up)) {
    findings.push_back(fmt::format(
        "Uploads are retransmitted {} of the time: packets of the local hosts "
        "are lost on the way to the internet.",
        Percent(*report.up.Ratio())));
  }
  if (IsSlow(report.local, kSlowLanSeconds)) {
    findings.push_back(fmt::format(
        "The local network is slow: half of the answers of local hosts took "
        "more than {}. On Wi-Fi, look at signal and channel.",
        Ms(report.local.median_seconds)));
  }
  if (IsSlow(report.remote, kSlowInternetSeconds)) {
    findings.push_back(fmt::format(
        "The way to the internet is slow: half of the answers took more than "
        "{}. If the link is busy, its queue may be too long.",
        Ms(report.remote.median_seconds)));
  }
  if (IsSlow(report.dns, kSlowDnsSeconds)) {
    findings.push_back(
        fmt::format("Name servers are slow: half of the answers took more "
                    "than {}.",
                    Ms(report.dns.median_seconds)));
  }
  return findings;
}

std::string WellFinding(const HealthReport& report) {
  if (report.connections == 0 && report.dns_questions == 0 &&
      report.up.segments + report.down.segments == 0) {
    return "There was no TCP connection and no question to a name server in "
           "the last minute.";
  }
  return "Nothing is wrong in the last minute: few retransmissions, few "
         "failures, short ways.";
}

}  // namespace ntm::health
