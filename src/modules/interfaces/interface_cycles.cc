#include "interface_cycles.h"

#include <utility>

#include "known_rate.h"

namespace ntm::interfaces {
namespace {

// Ticks come a little early or late.
constexpr std::chrono::milliseconds kHalfTick{500};

}  // namespace

std::shared_ptr<const InterfaceCycle> InterfaceCycles::Take(
    const InterfaceReport& report, std::chrono::nanoseconds elapsed) {
  since_ += elapsed;
  if (!is_first_ && since_ + kHalfTick < interval_) return nullptr;
  const double seconds =
      is_first_ ? 0 : std::chrono::duration<double>(since_).count();
  since_ = {};
  is_first_ = false;
  return std::make_shared<const InterfaceCycle>(CycleOf(report, seconds));
}

InterfaceCycle InterfaceCycles::CycleOf(const InterfaceReport& report,
                                        double seconds) {
  InterfaceCycle cycle;
  cycle.time_ns = report.time_ns;
  cycle.store_raw_counts = options_.store_raw_counts;
  InterfaceSample total = report.total;
  total.receive_bytes_per_second.reset();
  total.transmit_bytes_per_second.reset();
  std::map<std::string, Bytes> now;
  std::vector<InterfaceSample> rows = report.interfaces;
  for (InterfaceSample& row : rows) {
    row.receive_bytes_per_second.reset();
    row.transmit_bytes_per_second.reset();
    const auto last = at_last_.find(row.name);
    if (last != at_last_.end() && seconds > 0 && options_.calculate_rates) {
      row.receive_bytes_per_second =
          static_cast<double>(row.receive_bytes - last->second.receive) /
          seconds;
      row.transmit_bytes_per_second =
          static_cast<double>(row.transmit_bytes - last->second.transmit) /
          seconds;
    }
    AddRate(row.receive_bytes_per_second, &total.receive_bytes_per_second);
    AddRate(row.transmit_bytes_per_second, &total.transmit_bytes_per_second);
    now[row.name] = {row.receive_bytes, row.transmit_bytes};
  }
  at_last_ = std::move(now);
  if (options_.track_total) cycle.rows.push_back(std::move(total));
  if (options_.track_per_interface) {
    cycle.rows.insert(cycle.rows.end(), std::make_move_iterator(rows.begin()),
                      std::make_move_iterator(rows.end()));
  }
  return cycle;
}

}  // namespace ntm::interfaces
