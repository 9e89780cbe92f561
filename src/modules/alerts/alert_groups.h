// Groups alerts of the same kind: once kMostOfAKind are open, all further ones
// become one alert without a subject, which ends with the last of them.
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

  // Returns the change to apply instead of `change`, while `open` alerts of its
  // kind are open: the change itself, that of its group, or nullopt. A group
  // has no subject; its detail is the subject of its first member.
  std::optional<Change> Take(Change change, size_t open);

 private:
  std::map<KindId, std::set<std::string>> members_;
};

// Returns true iff an alert of that kind and subject is a group.
bool IsGroup(KindId kind, const std::string& subject);

}  // namespace ntm::alerts
