// Selects the interfaces to monitor.
//
// Shape    the names in --interfaces, or else all interfaces whose name matches
//          no pattern of --exclude-interfaces (ECMAScript regular expressions,
//          found anywhere in the name). A name in --interfaces is never
//          excluded.
// Threads  one user at a time, since results are cached.
// Errors   the constructor throws std::invalid_argument for an invalid regular
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

  // The names in --interfaces.
  const std::vector<std::string>& names() const { return names_; }

 private:
  bool Decide(const std::string& name) const;

  std::vector<std::string> names_;
  std::vector<std::regex> excluded_;
  mutable std::unordered_map<std::string, bool> decided_;
};

// Splits the values of an option at commas. Commas inside brackets or braces
// belong to the expression.
std::vector<std::string> SplitPatterns(const std::vector<std::string>& values);

}  // namespace ntm::interfaces
