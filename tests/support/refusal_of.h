// Asks an access rule as the server does.
#pragma once

#include <optional>

#include "ntm/access/access_rule.h"

namespace ntm {

// By Judge() or, if a password must be hashed, by JudgeWithHash().
inline std::optional<HttpResponse> RefusalOf(const AccessRule& rule,
                                             const Route& route,
                                             const HttpRequest& request) {
  const AccessRule::Judgement judged = rule.Judge(route, request);
  return judged.must_hash ? rule.JudgeWithHash(route, request) : judged.refusal;
}

}  // namespace ntm
