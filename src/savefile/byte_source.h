// The bytes of a capture file, from its beginning to its end, in pieces.
//
// Shape    a source reads a descriptor, or another source that it unpacks.
// Threads  not synchronised.
// Errors   throws ntm::Error: the file cannot be read, or its compressed data
//          is damaged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "ntm/savefile/input_file.h"

namespace ntm {

class FileSeries;

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Fills the beginning of `room`, which must not be empty, and returns how
  // many bytes; 0 at the end.
  virtual size_t Read(std::span<uint8_t> room) = 0;
};

// Reads the file, asking `waiter` before a pipe is read unless it is null.
std::unique_ptr<ByteSource> FileSource(InputFile file, InputWaiter* waiter);

// Reads a file that grows. At its end it waits, until `series` has a next one
// or the waiter ends it.
std::unique_ptr<ByteSource> GrowingSource(InputFile file, InputWaiter* waiter,
                                          FileSeries* series);

// Unpacks what begins as gzip or zstd does; other contents come unchanged. What
// xz, bzip2 and lz4 have packed is an ntm::Error.
std::unique_ptr<ByteSource> Unpacked(std::unique_ptr<ByteSource> packed,
                                     const std::string& path);

// What Unpacked() chooses from.
std::unique_ptr<ByteSource> GzipSource(std::unique_ptr<ByteSource> packed,
                                       const std::string& path);
std::unique_ptr<ByteSource> ZstdSource(std::unique_ptr<ByteSource> packed,
                                       const std::string& path);

}  // namespace ntm
