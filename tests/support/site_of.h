// Makes the site report of a machine that does not route and captures on all of
// its interfaces: received traffic is down.
#pragma once

#include "ntm/module/reports.h"

namespace ntm::test {

inline SiteReport SiteOf(const InterfaceReport& report) {
  SiteReport site;
  site.max_bytes_per_second = report.total.max_bytes_per_second;
  site.max_is_assumed = true;
  for (const InterfaceSample& sample : report.interfaces) {
    SiteInterface way;
    way.name = way.counter_name = sample.name;
    way.down_bytes = sample.receive_bytes;
    way.up_bytes = sample.transmit_bytes;
    way.down_bytes_per_second = sample.receive_bytes_per_second;
    way.up_bytes_per_second = sample.transmit_bytes_per_second;
    way.max_bytes_per_second = sample.max_bytes_per_second;
    way.max_is_assumed = sample.max_is_assumed;
    site.max_is_assumed = site.max_is_assumed && way.max_is_assumed;
    site.down_bytes += way.down_bytes;
    site.up_bytes += way.up_bytes;
    if (way.down_bytes_per_second && way.up_bytes_per_second) {
      site.down_bytes_per_second =
          site.down_bytes_per_second.value_or(0) + *way.down_bytes_per_second;
      site.up_bytes_per_second =
          site.up_bytes_per_second.value_or(0) + *way.up_bytes_per_second;
    }
    site.interfaces.push_back(way);
  }
  return site;
}

}  // namespace ntm::test
