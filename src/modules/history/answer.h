// Answers a query for the traffic of one source over a period, for the API and
// for `ntm history`.
//
// Units    bytes, bytes per second, seconds, percent: in the names.
// Threads  pure but for the reader.
// Errors   std::invalid_argument for a question that cannot be answered;
//          DatabaseError of the reader.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "rate_buckets.h"
#include "reader.h"
#include "recorder.h"
#include "utc_time.h"

namespace ntm::history {

struct Question {
  SourceKey source;
  Period period;
  std::optional<int64_t> step_seconds;  // absent: the finest available
};

// Parses the query parameters hours, from, to, step, interface and agent.
// Default: the whole site over the last 24 hours.
Question ParseQuestion(const std::map<std::string, std::string>& query,
                       int64_t now_s);

struct HistoryAnswer {
  Question question;
  int64_t step_seconds = 0;
  Buckets points;  // at most kMaxPoints, ascending
  Summary summary;
  Period previous_period;  // of the same length, right before
  Summary previous;
};

// Ignores rows after `now_s`, which were written while the clock was ahead.
HistoryAnswer Answer(const Question& question, int64_t now_s, Reader* reader);

nlohmann::ordered_json ToJson(const HistoryAnswer& answer);
std::string ToCsv(const HistoryAnswer& answer);

}  // namespace ntm::history
