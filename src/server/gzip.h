// Compresses a response in pieces, so that a large one neither blocks a thread
// for long nor needs memory for the whole result.
//
// Units    a piece is at most 64 KiB of output (about 300 KiB of exposition and
//          2 ms of CPU time).
// Threads  not synchronised.
// Errors   the constructor throws std::bad_alloc; Next() what `more` throws.
// Source   RFC 1952 (gzip).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace ntm {

class GzipStream {
 public:
  // The next piece of the text, valid until the next call; empty at the end.
  using More = std::function<std::string_view()>;

  explicit GzipStream(More more);
  ~GzipStream();
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  // The next piece, valid until the next call; empty at the end.
  std::string_view Next();

 private:
  More more_;
  bool has_all_ = false;  // zlib has the whole text
  bool finished_ = false;
  std::string piece_;
  std::unique_ptr<z_stream_s> stream_;
};

}  // namespace ntm
