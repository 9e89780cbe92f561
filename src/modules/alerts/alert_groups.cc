#include "alert_groups.h"

#include <utility>

#include "readings.h"

namespace ntm::alerts {

std::optional<Change> AlertGroups::Take(Change change, size_t open) {
  std::set<std::string>& members = members_[change.kind];
  if (change.what == Change::What::kBegan) {
    if (open < kMostOfAKind || change.subject.empty()) return change;
    members.insert(change.subject);
    if (members.size() > 1) return std::nullopt;
    change.detail = std::exchange(change.subject, "");
    return change;
  }
  if (members.erase(change.subject) == 0) return change;
  if (!members.empty()) return std::nullopt;
  change.subject.clear();
  return change;
}

bool IsGroup(KindId kind, const std::string& subject) {
  return subject.empty() && *SubjectKindOf(kind) != '\0';
}

}  // namespace ntm::alerts
