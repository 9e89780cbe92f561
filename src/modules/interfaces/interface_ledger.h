// Keeps the interfaces' books: counters that only grow, rates, and their sum,
// out of what the kernel says from tick to tick.
//
// Units    bytes, packets, bytes per second, ns since the epoch.
// Shape    an interface is known by its name, its kernel counters by their
//          link's index: what another link brings under a known name is added
//          to what the name had; a link that was renamed brings only what came
//          since the last reading. Interfaces that are gone keep their books,
//          the kMaxGone that went last; of older ones only the sum remembers.
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

  // `max_bits_per_second` is that of --max-bandwidth; 0: by the links' speed.
  InterfaceLedger(InterfaceSelection selection, uint64_t max_bits_per_second);

  // Books a reading of all links; `elapsed` is the time since the one before.
  InterfaceReport Take(const std::vector<LinkReading>& links, int64_t time_ns,
                       std::chrono::nanoseconds elapsed);

  struct Periods {
    RatePeriods receive;
    RatePeriods transmit;
  };
  // nullptr for a name that is not, or no more, in the books; kTotalInterface
  // is the sum's. Valid until the next Take().
  const Periods* periods(const std::string& name) const;

  const InterfaceSelection& selection() const { return selection_; }

 private:
  struct Account {
    int index = 0;
    LinkCounters raw{};    // the kernel's, at the last reading
    LinkCounters total{};  // what is told
    std::optional<double> receive_per_second;
    std::optional<double> transmit_per_second;
    uint64_t reading = 0;  // the last one that had it
    Periods periods;
  };
  // The counters that this link had in the reading before; nullptr: none.
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
  uint64_t reading_ = 0;                        // the number of the last one
  // What all of them have brought. Not the accounts' sum: a link that gets a
  // name which was never seen begins there with all it has, and has brought it
  // under its old name.
  LinkCounters sum_{};
  Periods sum_periods_;
};

}  // namespace ntm::interfaces
