// The response of GET /api/health/history.
//
// Shape    at most kMostPoints points, ascending; a step in which nothing was
//          watched has none.
// Threads  pure functions.
// Errors   ParsePastQuestion() throws std::invalid_argument whose message names
//          the parameter.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "past_bucket.h"

namespace ntm::health {

inline constexpr int64_t kMostPoints = 361;

struct PastQuestion {
  int64_t from_s = 0;
  int64_t to_s = 0;          // exclusive
  int64_t tier_seconds = 0;  // what to read
  int64_t step_seconds = 0;  // what to group it by
};

// `hours` of the query, up to now: the finest step of which there are at most
// kMostPoints and whose tier still has the begin. Without a database there are
// only minutes.
PastQuestion ParsePastQuestion(const std::map<std::string, std::string>& query,
                               int64_t now_s, bool has_database);

nlohmann::ordered_json PastJson(const PastQuestion& question,
                                const PastBuckets& buckets);

}  // namespace ntm::health
