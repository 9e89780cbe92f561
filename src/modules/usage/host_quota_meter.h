// Counts the bytes of the hosts that have a --host-quota.
//
// Units    bytes, both directions together; seconds since the epoch.
// Shape    a flow counts once for a quota, also if both of its ends are meant.
//          A host is found by its name or hardware address at the time of its
//          traffic, with all addresses of its device; by name or hardware
//          address only if it is local. When a period is over, counting begins
//          anew; a clock that is set back by less than a day changes nothing.
// Threads  all functions on any thread, Take() on one.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "flow_growth.h"
#include "host_quota.h"
#include "local_day.h"
#include "ntm/module/reports.h"

namespace ntm::usage {

// A row of the database.
struct StoredQuota {
  std::string host;
  std::string period;
  int64_t begin_s = 0;
  uint64_t bytes = 0;
};

class HostQuotaMeter {
 public:
  // Before the first tick.
  void Set(std::vector<HostQuota> quotas) { quotas_ = std::move(quotas); }
  void set_billing_day(int day) { billing_day_ = day; }
  bool is_empty() const noexcept { return quotas_.empty(); }

  void Take(const Snapshot& snapshot, const Growth& growth,
            const Reports& reports, int64_t now_s);

  // In the order of the options; empty before the first Take(), and with an
  // anonymizer.
  std::vector<HostQuotaUse> Uses() const;

  // Adds what was counted in the same periods before a restart, once; later
  // files get everything again.
  void TakeUp(const std::vector<StoredQuota>& stored);
  std::vector<StoredQuota> Unsaved() const;
  void Saved(const std::vector<StoredQuota>& saved);

 private:
  struct Count {
    Span span;
    uint64_t bytes = 0;
    bool is_saved = false;
  };

  Span SpanOf(QuotaPeriod period, int64_t now_s) const;
  void Renew(int64_t now_s);
  void AddStored();
  uint64_t MaskOf(const Snapshot& snapshot, const Address& address,
                  const Reports& reports);
  uint64_t FindMask(const Snapshot& snapshot, const Address& address,
                    const Reports& reports) const;

  // Constant after the options are read. A bit of a mask is a position here.
  std::vector<HostQuota> quotas_;
  int billing_day_ = 1;

  // The thread of Take() only.
  std::unordered_map<Address, uint64_t, AddressHash> masks_;
  std::shared_ptr<const DeviceReport> devices_;
  std::shared_ptr<const HostNames> names_;
  std::shared_ptr<const LocalNetworks> local_networks_;

  mutable std::mutex mutex_;
  // Guarded.
  std::vector<Count> counts_;        // one per quota, after the first Take()
  std::vector<StoredQuota> stored_;  // not added yet
  bool has_taken_up_ = false;
  bool is_anonymized_ = false;
};

}  // namespace ntm::usage
