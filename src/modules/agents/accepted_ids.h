// Decides which agents a hub accepts: by name, or by a pattern of fnmatch(3) in
// which * stands for any characters and ? for one.
//
// Threads  constant after construction.
// Errors   the constructor throws std::invalid_argument, whose message follows
//          the option's name, for a pattern that no agent id can match.
#pragma once

#include <string>
#include <vector>

namespace ntm::agents {

class AcceptedIds {
 public:
  AcceptedIds() = default;  // accepts no agent
  explicit AcceptedIds(const std::vector<std::string>& patterns);

  bool empty() const { return patterns_.empty(); }
  bool Takes(const std::string& id) const;

  // The entries without a wildcard.
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> patterns_;
  std::vector<std::string> names_;
};

}  // namespace ntm::agents
