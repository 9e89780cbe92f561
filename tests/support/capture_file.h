// Capture files: made of frames that were built in code, and read back.
#pragma once

#include <string>
#include <vector>

#include "packet_builder.h"

namespace ntm::test {

// Writes a capture file by libpcap, nanosecond times; all frames must have
// `link_type`. Throws std::runtime_error if libpcap cannot.
void WritePcap(const std::string& path,
               const std::vector<CapturedFrame>& frames, int link_type);

// All frames of a capture file up to its end, or to where it is cut. Throws
// std::runtime_error if it is no capture.
std::vector<CapturedFrame> ReadPcap(const std::string& path);

}  // namespace ntm::test
