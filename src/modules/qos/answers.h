// The answers of /qos/rules, /qos/rule, /qos/apply and /allocate.
//
// Units    Mbit/s, as programs for this kind of API expect.
// Threads  pure functions, but for the rule book, which locks itself.
// Errors   400 with {"error": …} where the body is no JSON object, 422 where
//          a field is missing or cannot be.
#pragma once

#include <map>
#include <string>

#include "ntm/http/route.h"
#include "rule_book.h"

namespace ntm::qos {

HttpResponse AnswerRules(const Rules& rules);

// `total_mbit`: of the link, for warnings; 0 if it is not known.
HttpResponse AnswerSetRule(const HttpRequest& request, double total_mbit,
                           RuleBook* book);

HttpResponse AnswerApply(const HttpRequest& request, const Rules& rules);

// `expected_mbit`: what each class is expected to need, for those who do not
// say.
HttpResponse AnswerAllocate(const HttpRequest& request, const Rules& rules,
                            const std::map<std::string, double>& expected_mbit);

}  // namespace ntm::qos
