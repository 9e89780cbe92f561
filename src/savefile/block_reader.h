// Finds the frames in the blocks of a capture file. One class per format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "ntm/decode/packet.h"

namespace ntm {

class ByteWindow;

// What is known of a file beside its frames.
struct SavefileNotes {
  // A file may name any number of interfaces; those after these have no name.
  static constexpr size_t kMaxNames = 4096;

  // An index as Frame::interface has it.
  uint16_t IndexOf(const std::string& name);
  // Notes `bytes` from `position` on as skipped.
  void Skip(uint64_t position, uint64_t bytes, const std::string& why);
  // Skips what is left in the window.
  void SkipRest(ByteWindow* window, const std::string& why);

  int link_type = -1;  // of the first interface; -1: there is none yet
  std::vector<std::string> names{""};
  uint64_t skipped_bytes = 0;
  std::string damage;
  // Of the last frame. A simple packet block has no time and gets this one.
  int64_t time_ns = 0;
};

class BlockReader {
 public:
  virtual ~BlockReader() = default;
  // Both as SavefileReader's.
  virtual size_t Read(Frame* frames, size_t max_frames) = 0;
  virtual bool IsAtHand() const noexcept = 0;
};

// The file begins in a way that cannot be read.
class FormatError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Both must outlive the reader. Null if the window does not begin as this
// format does. Throws FormatError.
std::unique_ptr<BlockReader> OpenPcap(ByteWindow* window, SavefileNotes* notes);
std::unique_ptr<BlockReader> OpenPcapng(ByteWindow* window,
                                        SavefileNotes* notes);

// The time of `seconds` and `fraction_ns`. A damaged file can have any: limited
// so that the difference of two times does not overflow, to 145 years before
// and after 1970, more than the 32 bits of a pcap file can express.
int64_t SavefileTimeNs(int64_t seconds, int64_t fraction_ns) noexcept;

// libpcap's DLT_ value for the link type in a file.
int DltOfLinkType(uint32_t link_type) noexcept;

}  // namespace ntm
