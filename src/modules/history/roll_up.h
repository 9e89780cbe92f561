// Aggregates the samples of one source into the buckets of all tiers.
#pragma once

#include "ntm/base/roll_up.h"
#include "rate_buckets.h"

namespace ntm::history {

using RollUp = ntm::RollUp<Bucket, kTiers>;
using Point = RollUp::Point;

}  // namespace ntm::history
