// Reads the frames of a capture file: pcap or pcapng, plain or compressed.
//
// pcap: microseconds, nanoseconds and the "modified" format of old Linux
// kernels, in both byte orders. pcapng: all packet blocks, several sections of
// either byte order, interfaces that are described at any place before their
// packets, each with its own link type, time resolution and time offset; other
// blocks are skipped. gzip and zstd are recognised by their first bytes.
//
// Units    bytes; ns since the epoch.
// Shape    Read() gives frames in the file's order. Their bytes are valid until
//          the next call.
// Damage   a block that cannot be right is skipped, and so is what follows up
//          to the next one that is: where the damaged block's length leads,
//          else where one is found byte by byte. The skipped bytes are counted.
//          A file that ends within a block is damaged there.
// Memory   one buffer of 256 KiB; as long as the longest block (16 MiB at most)
//          if that is longer.
// Threads  one thread at a time.
// Errors   the constructor throws ntm::Error with the remedy if this is not
//          such a file. Read() throws ntm::Error if the file cannot be read or
//          its compressed data is damaged.
// Source   pcap-savefile(5); draft-ietf-opsawg-pcap; draft-ietf-opsawg-pcapng;
//          RFC 1952 (gzip), RFC 8878 (zstd).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ntm/decode/packet.h"
#include "ntm/savefile/input_file.h"

namespace ntm {

class BlockReader;
class ByteWindow;
class FileSeries;
struct SavefileNotes;

class SavefileReader {
 public:
  // A longer frame in a pcap file is damage.
  static constexpr uint32_t kMaxFrameBytes = 1 << 20;

  // Reads up to the description of the first interface. `waiter`, which must
  // outlive the reader, is asked before a pipe is read; null: reading blocks.
  // `series`, if it is not null, is where the file comes from: reading goes on
  // at its end until the series has a next one, which needs a waiter.
  explicit SavefileReader(InputFile file, InputWaiter* waiter = nullptr,
                          FileSeries* series = nullptr);
  ~SavefileReader();
  SavefileReader(const SavefileReader&) = delete;
  SavefileReader& operator=(const SavefileReader&) = delete;

  // At most `max_frames`, which must not be 0; 0 at the end.
  size_t Read(Frame* frames, size_t max_frames);

  // Whether Read() has something to give, or to skip, without reading the file.
  bool IsAtHand() const noexcept;

  // libpcap's DLT_… value of the first interface; -1 if there is none.
  int link_type() const noexcept;
  // Frame::interface is an index in it. The first name is "": of interfaces
  // that have none.
  const std::vector<std::string>& interface_names() const noexcept;

  // Bytes that belong to no whole block.
  uint64_t skipped_bytes() const noexcept;
  // "at byte N: the reason", of the first of these; "": none.
  const std::string& damage() const noexcept;

 private:
  std::unique_ptr<SavefileNotes> notes_;
  std::unique_ptr<ByteWindow> window_;
  std::unique_ptr<BlockReader> blocks_;
};

}  // namespace ntm
