// A packet as a line of text, so that a test compares all of it at once.
#pragma once

#include <string>

#include "ntm/decode/packet.h"

namespace ntm::test {

// "tcp 10.0.0.1:1234 > 10.0.0.2:443 140 B", followed by what else it has, in
// this order: "non-ip",
// "vlan 7", "dscp 46", "first 77" and "later 77" (fragments and their
// identification), "!reason" for each anomaly.
std::string Describe(const Packet& packet);

// The same, or "error reason".
std::string DescribeDecoded(const Frame& frame);

}  // namespace ntm::test
