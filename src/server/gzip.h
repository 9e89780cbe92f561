// Compresses an answer piece by piece, so that a large one neither holds up a
// thread nor needs room for all of it.
//
// Units    a piece is at most 64 KiB of output (some 300 KiB of exposition,
//          2 ms).
// Threads  not synchronised.
// Errors   the constructor throws std::bad_alloc.
// Source   RFC 1952 (gzip).
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace ntm {

class GzipStream {
 public:
  // `text` must outlive it.
  explicit GzipStream(std::string_view text);
  ~GzipStream();
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  // The next piece, valid until the next call; empty at the end.
  std::string_view Next();

 private:
  std::string_view rest_;  // not handed to zlib yet
  bool finished_ = false;
  std::string piece_;
  std::unique_ptr<z_stream_s> stream_;
};

}  // namespace ntm
