// Makes one alert of the many of a kind: beyond kMostOfAKind that are open,
// what begins is one alert of no single subject, which ends with the last of
// them.
//
// Threads  a value; one user at a time.
// Errors   none.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "evaluator.h"

namespace ntm::alerts {

class AlertGroups {
 public:
  static constexpr size_t kMostOfAKind = 10;

  // What is to be told in the place of `change`, while `open` alerts of its
  // kind are: itself, that of its group, or nothing. A group has no subject;
  // its detail is the subject that it began with.
  std::optional<Change> Take(Change change, size_t open);

 private:
  std::map<KindId, std::set<std::string>> members_;
};

// Whether an alert of that kind and subject is one of a group.
bool IsGroup(KindId kind, const std::string& subject);

}  // namespace ntm::alerts
