// Frames from a capture file that match a filter.
//
// The filter is compiled once per link type of the file. Frames of a type that
// ntm does not support are handed over too, so that they are counted as such;
// where libpcap cannot compile the filter for such a type, they do not match.
//
// Threads  one thread at a time.
// Errors   the constructor throws ntm::Error with the remedy (not a capture
//          file, bad filter); Dispatch() throws it if the file cannot be read.
//          Damage is skipped: see reader().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ntm/capture/capture.h"
#include "ntm/capture/frame_source.h"
#include "ntm/savefile/input_file.h"
#include "ntm/savefile/savefile_reader.h"

namespace ntm {

class FileCapture {
 public:
  // `waiter` and `series` as for SavefileReader.
  FileCapture(InputFile file, const CaptureSettings& settings,
              InputWaiter* waiter = nullptr, FileSeries* series = nullptr);

  // Hands over some frames, at most `max_frames`. Waits only if none is at
  // hand. Returns false at the end of the file.
  bool Dispatch(size_t max_frames, FrameSink* sink);

  // Whatever became of them.
  uint64_t read_frames() const noexcept { return read_frames_; }
  const SavefileReader& reader() const noexcept { return reader_; }
  // Whether the file has, or may have, frames that Decode() cannot read.
  bool has_unsupported() const noexcept { return has_unsupported_; }
  // For the log: how the filter was taken for the first interface.
  const std::string& filter_description() const noexcept {
    return filter_description_;
  }

 private:
  struct LinkType {
    int number;
    std::unique_ptr<CaptureFilter> filter;  // null: no frame matches
  };

  void Select(int link_type);
  const LinkType* Add(int link_type);

  // Constant after construction
  std::string path_;
  CaptureSettings settings_;

  SavefileReader reader_;
  std::vector<std::unique_ptr<LinkType>> link_types_;
  const LinkType* now_ = nullptr;  // of the last frame
  bool has_unsupported_ = false;
  uint64_t read_frames_ = 0;
  std::string filter_description_;
};

}  // namespace ntm
