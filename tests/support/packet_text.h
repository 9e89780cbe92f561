// Formats a packet as one line of text, so that a test compares all fields at
// once.
#pragma once

#include <string>

#include "ntm/decode/packet.h"

namespace ntm::test {

// "tcp 10.0.0.1:1234 > 10.0.0.2:443 140 B", followed by those that apply, in
// this order: "non-ip", "vlan 7", "dscp 46", "first 77" and "later 77"
// (fragments with their identification), "!reason" for each anomaly.
std::string Describe(const Packet& packet);

// The same, or "error reason".
std::string DescribeDecoded(const Frame& frame);

}  // namespace ntm::test
