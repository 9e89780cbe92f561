#include "bin_meter.h"

#include "ntm/base/unix_time.h"
#include "unknown.h"

namespace ntm::forecast {

ClosedBin BinMeter::Close() {
  ClosedBin bin{slot_, kUnknown};
  if (2 * watched_ns_ >= bin_ns_) {
    bin.bytes_per_second = bytes_ / SecondsOf(watched_ns_);
  }
  bytes_ = 0;
  watched_ns_ = 0;
  return bin;
}

void BinMeter::Reset(int64_t time_ns, uint64_t counter) {
  started_ = true;
  time_ns_ = time_ns;
  counter_ = counter;
  slot_ = time_ns / bin_ns_;
  bytes_ = 0;
  watched_ns_ = 0;
}

}  // namespace ntm::forecast
