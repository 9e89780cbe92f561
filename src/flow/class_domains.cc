#include "ntm/flow/class_domains.h"

#include <algorithm>
#include <stdexcept>

#include "ntm/base/ascii.h"

namespace ntm {
namespace {

constexpr std::string_view kBelow = "*.";
constexpr size_t kMaxDomainBytes = 253;
constexpr size_t kMaxDomainLabelBytes = 63;

std::string Normalised(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return LowerCase(name);
}

bool IsDomainCharacter(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' ||
         c == '.';
}

// What is wrong with the domain; null if nothing is.
const char* DomainFault(std::string_view domain) {
  if (domain.find('*') != std::string_view::npos) {
    return "an asterisk can only be the whole first part";
  }
  if (!std::ranges::all_of(domain, IsDomainCharacter)) {
    return "it may have letters, digits, '-' and '_'; write other letters in "
           "Punycode (xn--…)";
  }
  if (domain.size() > kMaxDomainBytes) return "it is longer than 253 bytes";
  std::string_view rest = domain;
  while (true) {
    const size_t dot = rest.find('.');
    const std::string_view label = rest.substr(0, dot);
    if (label.empty()) return "a part between its dots is empty";
    if (label.size() > kMaxDomainLabelBytes) {
      return "a part of it is longer than 63 bytes";
    }
    if (label.front() == '-' || label.back() == '-') {
      return "a part of it begins or ends with '-'";
    }
    if (dot == std::string_view::npos) {
      return std::ranges::all_of(label, IsDigit)
                 ? "it is like an address; a class has names, ports and DSCPs"
                 : nullptr;
    }
    rest.remove_prefix(dot + 1);
  }
}

}  // namespace

void ClassDomains::Give(ClassId id, std::string_view domain) {
  const std::string lower = Normalised(domain);
  const bool is_below = lower.starts_with(kBelow);
  const std::string name = lower.substr(is_below ? kBelow.size() : 0);
  if (const char* fault = DomainFault(name)) {
    throw std::invalid_argument("'" + std::string(domain) +
                                "' is not a domain, as in example.org or "
                                "*.example.org: " +
                                fault);
  }
  Entry& entry = entries_[name];
  (is_below ? entry.below : entry.itself) = id;
}

ClassId ClassDomains::Find(std::string_view name) const {
  const auto class_of = [](ClassId id) {
    return id == kClassOther ? kNoClass : id;
  };
  std::string rest = Normalised(name);
  if (const auto found = entries_.find(rest);
      found != entries_.end() && found->second.itself != kNoClass) {
    return class_of(found->second.itself);
  }
  for (size_t dot = rest.find('.'); dot != std::string::npos;
       dot = rest.find('.')) {
    rest.erase(0, dot + 1);
    const auto found = entries_.find(rest);
    if (found != entries_.end() && found->second.below != kNoClass) {
      return class_of(found->second.below);
    }
  }
  return kNoClass;
}

bool ClassDomains::HasAny() const noexcept {
  return std::ranges::any_of(entries_, [](const auto& entry) {
    return entry.second.itself > kClassOther ||
           entry.second.below > kClassOther;
  });
}

std::vector<std::string> ClassDomains::Of(ClassId id) const {
  std::vector<std::string> domains;
  for (const auto& [name, entry] : entries_) {
    if (entry.itself == id) domains.push_back(name);
    if (entry.below == id) domains.push_back(std::string(kBelow) + name);
  }
  std::ranges::sort(domains);
  return domains;
}

}  // namespace ntm
