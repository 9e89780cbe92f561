#include "site_meter.h"

#include <algorithm>
#include <utility>

#include "bandwidth.h"
#include "known_rate.h"
#include "link_capacity.h"
#include "ntm/base/counter_growth.h"

namespace ntm::interfaces {
namespace {

std::string CounterName(const std::string& name, SiteSense sense) {
  switch (sense) {
    case SiteSense::kReceiveIsDown:
      return name;
    case SiteSense::kTransmitIsDown:
      return name + " (transmit is down)";
    case SiteSense::kUnknown:
      break;
  }
  return name + " (packets)";
}

uint64_t BytesOf(const ClassCounts& counts, Direction direction) {
  uint64_t bytes = 0;
  for (const auto& of_class : counts.classes) {
    bytes += of_class[static_cast<size_t>(direction)].bytes;
  }
  return bytes;
}

}  // namespace

SiteMeter::Grown SiteMeter::GrownByKernel(const LinkReading& link,
                                          SiteSense sense) const {
  const LinkCounters* before = nullptr;
  const auto last = links_.find(link.index);
  const auto named = named_.find(link.name);
  const bool was_there =
      link.index == 0 ? named != named_.end() : last != links_.end();
  if (was_there) {
    before = link.index == 0 ? &named->second.counters : &last->second;
  } else if (named != named_.end() && named->second.index == link.index) {
    before = &named->second.counters;  // was absent for a while
  }
  const LinkCounters grown =
      before != nullptr ? Growth(*before, link.counters) : link.counters;
  const Bytes bytes = {grown[kReceiveBytes], grown[kTransmitBytes]};
  return {
      sense == SiteSense::kReceiveIsDown ? bytes : Bytes{bytes.up, bytes.down},
      was_there};
}

SiteMeter::Grown SiteMeter::GrownByPackets(
    const std::string& name,
    const std::vector<CaptureCounters>& captures) const {
  const auto capture =
      std::ranges::find(captures, name, &CaptureCounters::interface);
  if (capture == captures.end()) return {};
  const auto last = packets_.find(name);
  const Bytes before = last != packets_.end() ? last->second : Bytes();
  return {
      {CounterGrowth(before.down, BytesOf(capture->classes, Direction::kIn)),
       CounterGrowth(before.up, BytesOf(capture->classes, Direction::kOut))},
      last != packets_.end()};
}

void SiteMeter::Book(SiteInterface boundary, const Grown& grown, double seconds,
                     SiteReport* report) {
  boundary.counter_name = CounterName(boundary.name, boundary.sense);
  Bytes& book = books_[boundary.counter_name];
  book.down += grown.bytes.down;
  book.up += grown.bytes.up;
  boundary.down_bytes = book.down;
  boundary.up_bytes = book.up;
  if (grown.is_rate && seconds > 0) {
    boundary.down_bytes_per_second =
        static_cast<double>(grown.bytes.down) / seconds;
    boundary.up_bytes_per_second =
        static_cast<double>(grown.bytes.up) / seconds;
  }
  AddRate(boundary.down_bytes_per_second, &report->down_bytes_per_second);
  AddRate(boundary.up_bytes_per_second, &report->up_bytes_per_second);
  report->interfaces.push_back(std::move(boundary));
}

void SiteMeter::Remember(const Machine& machine,
                         const std::vector<CaptureCounters>& captures) {
  links_.clear();
  for (const LinkReading& link : machine.links) {
    links_[link.index] = link.counters;
  }
  for (const CaptureCounters& capture : captures) {
    packets_[capture.interface] = {BytesOf(capture.classes, Direction::kIn),
                                   BytesOf(capture.classes, Direction::kOut)};
    const auto link =
        std::ranges::find(machine.links, capture.interface, &LinkReading::name);
    if (link != machine.links.end()) {
      named_[link->name] = {link->index, link->counters};
    }
  }
}

SiteReport SiteMeter::Take(const Machine& machine,
                           const std::vector<CaptureCounters>& captures,
                           std::chrono::nanoseconds elapsed) {
  const double seconds = std::chrono::duration<double>(elapsed).count();
  SiteReport report;
  uint64_t max = 0;
  for (const std::string& name : BoundaryOf(captures, machine)) {
    const auto link =
        std::ranges::find(machine.links, name, &LinkReading::name);
    const bool is_there = link != machine.links.end();
    SiteInterface boundary;
    boundary.name = name;
    boundary.sense = is_there ? SenseOf(*link, machine) : SiteSense::kUnknown;
    const uint64_t own =
        is_there ? CapacityOf(*link, machine.links, max_bits_per_second_)
                 : max_bits_per_second_;
    max = std::max(max, own);
    SetCapacity(own, &boundary.max_bytes_per_second, &boundary.max_is_assumed);
    if (is_there && boundary.sense != SiteSense::kUnknown) {
      Book(std::move(boundary), GrownByKernel(*link, boundary.sense), seconds,
           &report);
    } else if (is_there || name == kAny) {
      Book(std::move(boundary), GrownByPackets(name, captures), seconds,
           &report);
    }
  }
  Remember(machine, captures);
  for (const auto& [name, bytes] : books_) {
    report.down_bytes += bytes.down;
    report.up_bytes += bytes.up;
  }
  SetCapacity(max, &report.max_bytes_per_second, &report.max_is_assumed);
  return report;
}

}  // namespace ntm::interfaces
