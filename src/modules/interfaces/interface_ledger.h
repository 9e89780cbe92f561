// Accounts for the traffic of the interfaces: makes monotonic counters, rates
// and their sum from the kernel's counters.
//
// Units    bytes, packets, bytes per second, ns since the epoch.
// Shape    an interface is identified by its name, its kernel counters by the
//          link's index. If another link appears under a known name, its bytes
//          are added to those of the name; a renamed link adds only the
//          increase since the last reading. The accounts of the last kMaxGone
//          removed interfaces are kept; older ones remain only in the sum.
// Threads  a value; one user at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "interface_selection.h"
#include "link_capacity.h"
#include "link_counters.h"
#include "link_reading.h"
#include "ntm/module/reports.h"
#include "rate_periods.h"

namespace ntm::interfaces {

class InterfaceLedger {
 public:
  static constexpr size_t kMaxGone = 64;

  // `max_bits_per_second` is --max-bandwidth; 0: the speed of the link.
  InterfaceLedger(InterfaceSelection selection, uint64_t max_bits_per_second);

  // Takes a reading of all links; `elapsed` is the time since the last one.
  InterfaceReport Take(const std::vector<LinkReading>& links, int64_t time_ns,
                       std::chrono::nanoseconds elapsed);

  struct Periods {
    RatePeriods receive;
    RatePeriods transmit;
  };
  // nullptr for an unknown name; kTotalInterface is the sum. Valid until the
  // next Take().
  const Periods* periods(const std::string& name) const;

  const InterfaceSelection& selection() const { return selection_; }

 private:
  struct Account {
    int index = 0;
    LinkCounters raw{};    // the kernel's, at the last reading
    LinkCounters total{};  // as reported
    std::optional<double> receive_per_second;
    std::optional<double> transmit_per_second;
    uint64_t reading = 0;  // the last one with this interface
    Periods periods;
  };
  // The link's counters at the last reading; nullptr if it was absent.
  const LinkCounters* Before(const LinkReading& link,
                             const Account& account) const;
  void Book(const LinkReading& link, double seconds);
  void Forget();
  InterfaceSample SampleOf(const LinkReading& link, const Account& account,
                           const std::vector<LinkReading>& links) const;
  InterfaceSample Sum(const InterfaceReport& report,
                      const std::vector<LinkReading>& links) const;

  InterfaceSelection selection_;
  uint64_t max_bits_per_second_;
  std::map<std::string, Account> accounts_;
  std::unordered_map<int, LinkCounters> last_;  // of all links, by index
  uint64_t reading_ = 0;                        // number of the last reading
  // The traffic of all interfaces. Not the sum of the accounts: a renamed link
  // starts its new account with its whole counters, which are also in the old
  // one.
  LinkCounters sum_{};
  Periods sum_periods_;
};

}  // namespace ntm::interfaces
