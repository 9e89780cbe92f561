#include "name_rules.h"

#include <libpsl.h>

#include <algorithm>

#include "ntm/base/ascii.h"
#include "ntm/net/network.h"

namespace ntm::names {
namespace {

constexpr size_t kMaxNameBytes = 253;
constexpr size_t kMaxLabelBytes = 63;

bool IsNameCharacter(char c) noexcept {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         c == '-' || c == '_' || c == '.';
}

bool IsGoodLabel(std::string_view label) noexcept {
  return !label.empty() && label.size() <= kMaxLabelBytes &&
         label.front() != '-' && label.back() != '-';
}

}  // namespace

const char* FaultName(NameFault fault) noexcept {
  switch (fault) {
    case NameFault::kEmpty:
      return "empty";
    case NameFault::kTooLong:
      return "too_long";
    case NameFault::kBadLabel:
      return "bad_label";
    case NameFault::kBadCharacter:
      return "bad_character";
    case NameFault::kLikeAddress:
      return "like_address";
    case NameFault::kReserved:
      return "reserved";
    case NameFault::kNone:
    case NameFault::kCount:
      break;
  }
  return "none";
}

NameFault CheckName(std::string_view name) noexcept {
  if (name.empty()) return NameFault::kEmpty;
  if (name.size() > kMaxNameBytes) return NameFault::kTooLong;
  if (!std::ranges::all_of(name, IsNameCharacter)) {
    return NameFault::kBadCharacter;
  }
  size_t begin = 0;
  std::string_view label;
  while (begin <= name.size()) {
    const size_t end = std::min(name.find('.', begin), name.size());
    label = name.substr(begin, end - begin);
    if (!IsGoodLabel(label)) return NameFault::kBadLabel;
    begin = end + 1;
  }
  if (std::ranges::all_of(label, IsDigit)) return NameFault::kLikeAddress;
  constexpr std::array<std::string_view, 2> kOwnWords = {"other", "internet"};
  const bool is_own =
      name.size() <= 8 &&
      std::ranges::find(kOwnWords, LowerCase(name)) != kOwnWords.end();
  return is_own ? NameFault::kReserved : NameFault::kNone;
}

bool IsLocalName(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 8> kLocalEnds = {
      ".local",    ".lan",         ".home",      ".home.arpa",
      ".internal", ".localdomain", ".fritz.box", ".intranet"};
  if (name.ends_with('.')) name.remove_suffix(1);
  const std::string lower = LowerCase(name);
  return lower.find('.') == std::string::npos ||
         std::ranges::any_of(kLocalEnds, [&](std::string_view end) {
           return lower.ends_with(end);
         });
}

struct NameRules::SuffixList {
  explicit SuffixList(psl_ctx_t* loaded) : list(loaded) {}
  ~SuffixList() { psl_free(list); }
  SuffixList(const SuffixList&) = delete;
  SuffixList& operator=(const SuffixList&) = delete;

  psl_ctx_t* list;
};

NameRules::NameRules(bool keep_whole_names)
    : keep_whole_names_(keep_whole_names),
      suffixes_(std::make_unique<SuffixList>(psl_latest(nullptr))) {}

NameRules::~NameRules() = default;

std::optional<std::string> NameRules::Take(const Address& address,
                                           std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  const NameFault fault = CheckName(name);
  if (fault != NameFault::kNone) {
    ++refused_[static_cast<size_t>(fault)];
    return std::nullopt;
  }
  std::string lower = LowerCase(name);
  if (keep_whole_names_ || local_networks_.load()->Contains(address))
    return lower;
  return RegistrableDomain(lower);
}

std::string NameRules::RegistrableDomain(const std::string& name) const {
  // Null for a public suffix or a name with a single label.
  const char* domain = psl_registrable_domain(suffixes_->list, name.c_str());
  return domain == nullptr ? name : domain;
}

}  // namespace ntm::names
