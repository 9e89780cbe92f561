// An alert with its state, as it is stored, listed and sent.
//
// Units    ns since the epoch.
// Threads  a value.
#pragma once

#include <cstdint>
#include <string>

#include "ntm/module/reports.h"

namespace ntm::alerts {

struct Notice {
  Alert alert;
  std::string subject_kind;  // "interface"; "" where there is no subject
  int64_t ended_ns = 0;      // 0: it is open
  bool by_hand = false;      // ended over the API

  bool is_open() const noexcept { return ended_ns == 0; }
};

// "LinkUtilizationHigh: eth0".
inline std::string TitleOf(const Notice& notice) {
  return notice.alert.subject.empty()
             ? notice.alert.name
             : notice.alert.name + ": " + notice.alert.subject;
}

}  // namespace ntm::alerts
