// In which words an alert tells what is the matter.
//
// Threads  pure.
#pragma once

#include <string>

#include "evaluator.h"

namespace ntm::alerts {

// Sentences: what it is, and what to do.
std::string MessageOf(const Change& began);

}  // namespace ntm::alerts
