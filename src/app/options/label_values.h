// The texts that the options of labels take.
//
// Threads  pure functions.
// Errors   std::invalid_argument, as in option_values.h.
#pragma once

#include <string>
#include <vector>

#include "ntm/flow/flow_label.h"
#include "ntm/flow/traffic_class.h"
#include "ntm/net/network.h"

namespace ntm {

// At least one; a repeated one counts once.
FlowLabels ParseFlowLabels(const std::vector<std::string>& texts);

// "port", "dscp", or both in either order.
ClassifyBy ParseClassifyBy(const std::vector<std::string>& texts);

// Each as TrafficClasses::Define() takes it; the texts as they are.
std::vector<std::string> ParseClasses(const std::vector<std::string>& texts);

// "24" (IPv6 stays whole), "24/64".
PrefixBits ParsePrefixBits(const std::string& text);

std::vector<Network> ParseNetworks(const std::vector<std::string>& texts);

}  // namespace ntm
