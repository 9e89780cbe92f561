// Parses the values of the options for labels, classes and networks.
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

// A label may be repeated.
FlowLabels ParseFlowLabels(const std::vector<std::string>& texts);

// "port", "dscp", or both in either order.
ClassifyBy ParseClassifyBy(const std::vector<std::string>& texts);

// Checks each text with TrafficClasses::Define(), and returns them trimmed.
std::vector<std::string> ParseClasses(const std::vector<std::string>& texts);

// "24" (IPv6 addresses are not shortened), "24/64".
PrefixBits ParsePrefixBits(const std::string& text);

std::vector<Network> ParseNetworks(const std::vector<std::string>& texts);

}  // namespace ntm
