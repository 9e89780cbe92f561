// Handlers of /qos/rules, /qos/rule, /qos/apply and /allocate.
//
// Units    Mbit/s, as clients of this API expect.
// Threads  pure functions, but for the rule book, which locks itself.
// Errors   400 with {"error": "…"} if the body is not a JSON object, 422 if a
//          field is missing or invalid.
#pragma once

#include <map>
#include <string>

#include "ntm/http/route.h"
#include "rule_book.h"

namespace ntm::qos {

HttpResponse AnswerRules(const Rules& rules);

// `total_mbit` is the link's capacity, for warnings; 0: unknown.
HttpResponse AnswerSetRule(const HttpRequest& request, double total_mbit,
                           RuleBook* book);

HttpResponse AnswerApply(const HttpRequest& request, const Rules& rules);

// `expected_mbit` is the demand of each class that is used if a request has
// none.
HttpResponse AnswerAllocate(const HttpRequest& request, const Rules& rules,
                            const std::map<std::string, double>& expected_mbit);

}  // namespace ntm::qos
