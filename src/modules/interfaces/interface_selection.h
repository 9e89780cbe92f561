// Which interfaces are monitored.
//
// Shape    --interfaces names them, or else all are but those that a pattern of
//          --exclude-interfaces is found in (ECMAScript regular expressions).
//          A name given in --interfaces is never excluded.
// Threads  one user at a time: answers are remembered.
// Errors   the constructor throws std::invalid_argument for what is no regular
//          expression.
#pragma once

#include <regex>
#include <string>
#include <unordered_map>
#include <vector>

namespace ntm::interfaces {

class InterfaceSelection {
 public:
  InterfaceSelection(std::vector<std::string> names,
                     const std::vector<std::string>& excluded);

  bool Takes(const std::string& name) const;

  // Those of --interfaces.
  const std::vector<std::string>& names() const { return names_; }

 private:
  bool Decide(const std::string& name) const;

  std::vector<std::string> names_;
  std::vector<std::regex> excluded_;
  mutable std::unordered_map<std::string, bool> decided_;
};

// The words of an option's values: each may hold several, with commas between
// them. Commas inside brackets or braces belong to the expression.
std::vector<std::string> SplitPatterns(const std::vector<std::string>& values);

}  // namespace ntm::interfaces
