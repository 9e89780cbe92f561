// Reads a capture file that is given by its contents.
#pragma once

#include <string>
#include <vector>

#include "ntm/savefile/input_file.h"
#include "packet_builder.h"

namespace ntm::test {

// A file without a name that has these contents.
InputFile FileOf(const std::string& contents);

struct ReadSavefile {
  std::vector<CapturedFrame> frames;
  std::vector<std::string> interfaces;  // of each frame
  uint64_t skipped_bytes = 0;
  std::string damage;
  std::string error;  // that reading ended with
};

// Throws ntm::Error if it is not a capture file.
ReadSavefile Read(const std::string& contents);

// The message of the error that Read() throws; "": none.
std::string ErrorOf(const std::string& contents);

}  // namespace ntm::test
