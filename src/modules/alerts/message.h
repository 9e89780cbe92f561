// Writes the message text of an alert.
//
// Threads  pure.
#pragma once

#include <string>

#include "evaluator.h"

namespace ntm::alerts {

// Complete sentences: the problem, then what to do.
std::string MessageOf(const Change& began);

}  // namespace ntm::alerts
