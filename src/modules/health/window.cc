#include "window.h"

#include <algorithm>
#include <utility>

#include "findings.h"

namespace ntm::health {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kKeptEveryNs = 10 * kSecondNs;
constexpr size_t kKept = 7;
constexpr int64_t kMinuteNs = 60 * kSecondNs;
constexpr size_t kMinutes = 60;
constexpr size_t kShownServices = 5;

std::optional<double> MedianOf(const AnswerTimes& times) {
  if (times.count == 0) return std::nullopt;
  return times.median_seconds;
}

// Those with more retransmissions and failures first.
double Suffering(const ServiceHealth& service) {
  return static_cast<double>(service.sent.retransmitted +
                             10 * service.failed_connections);
}

}  // namespace

void Window::Add(const Sums& now) {
  now_ = now;
  // After the clock was set, what was kept says nothing about a minute.
  if (!kept_.empty() && now_.time_ns < kept_.back().time_ns) kept_.clear();
  if (kept_.empty() || now_.time_ns - kept_.back().time_ns >= kKeptEveryNs) {
    kept_.push_back(now_);
    if (kept_.size() > kKept) kept_.pop_front();
  }
  if (minute_began_.time_ns == 0 || now_.time_ns < minute_began_.time_ns) {
    minute_began_ = now_;
  } else if (now_.time_ns - minute_began_.time_ns >= kMinuteNs) {
    EndMinute();
  }
}

void Window::EndMinute() {
  const HealthReport minute = Between(minute_began_, now_);
  if (hour_.size() == kMinutes) hour_.erase(hour_.begin());
  hour_.push_back({now_.time_ns, MedianOf(minute.remote),
                   MedianOf(minute.local), MedianOf(minute.dns),
                   minute.up.Ratio(), minute.down.Ratio()});
  minute_began_ = now_;
}

HealthReport Window::Between(const Sums& before, const Sums& after) {
  HealthReport report;
  report.time_ns = after.time_ns;
  report.seconds = static_cast<double>(after.time_ns - before.time_ns) /
                   static_cast<double>(kSecondNs);
  report.remote = TimesSince(before.remote, after.remote);
  report.local = TimesSince(before.local, after.local);
  report.dns = TimesSince(before.dns, after.dns);
  report.up = SentSince(before.up, after.up);
  report.down = SentSince(before.down, after.down);
  const Attempts attempts = AttemptsSince(before, after);
  report.connections = attempts.connections;
  report.refused_connections = attempts.refused;
  report.unanswered_connections = attempts.unanswered;
  report.dns_questions = attempts.dns_questions;
  report.dns_failures = attempts.dns_failures;
  report.dns_unanswered = attempts.dns_unanswered;
  for (const ServiceHealth& is : after.services) {
    const auto found =
        std::ranges::find(before.services, is.service, &ServiceHealth::service);
    const ServiceHealth was =
        found != before.services.end() ? *found : ServiceHealth();
    report.services.push_back({is.service, SentSince(was.sent, is.sent),
                               is.connections - was.connections,
                               is.failed_connections - was.failed_connections});
  }
  return report;
}

HealthReport Window::Report() const {
  HealthReport report = Between(kept_.empty() ? now_ : kept_.front(), now_);
  std::erase_if(report.services, [](const ServiceHealth& service) {
    return Suffering(service) == 0;
  });
  std::ranges::stable_sort(report.services,
                           [](const ServiceHealth& a, const ServiceHealth& b) {
                             return Suffering(a) > Suffering(b);
                           });
  if (report.services.size() > kShownServices) {
    report.services.resize(kShownServices);
  }
  report.hour = hour_;
  report.findings = FindingsOf(report);
  report.is_well = report.findings.empty();
  if (report.is_well) report.findings = {WellFinding(report)};
  return report;
}

}  // namespace ntm::health
