// Which agents a hub takes: names, and patterns in which * stands for any
// characters and ? for one, as fnmatch(3) takes them.
//
// Threads  constant after construction.
// Errors   the constructor throws std::invalid_argument, whose message follows
//          the option's name, for what no id could match.
#pragma once

#include <string>
#include <vector>

namespace ntm::agents {

class AcceptedIds {
 public:
  AcceptedIds() = default;  // none at all
  explicit AcceptedIds(const std::vector<std::string>& patterns);

  bool empty() const { return patterns_.empty(); }
  bool Takes(const std::string& id) const;

  // Those that are given as whole names.
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> patterns_;
  std::vector<std::string> names_;
};

}  // namespace ntm::agents
