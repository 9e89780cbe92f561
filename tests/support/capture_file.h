// Writes frames to capture files, and reads them back.
#pragma once

#include <string>
#include <vector>

#include "packet_builder.h"

namespace ntm::test {

// Writes a capture file with libpcap and nanosecond timestamps; all frames must
// have `link_type`. Throws std::runtime_error if libpcap fails.
void WritePcap(const std::string& path,
               const std::vector<CapturedFrame>& frames, int link_type);

// All complete frames of a capture file, which may be truncated. Throws
// std::runtime_error if it is not a capture file.
std::vector<CapturedFrame> ReadPcap(const std::string& path);

}  // namespace ntm::test
