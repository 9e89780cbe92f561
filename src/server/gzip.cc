#include "gzip.h"

#include <zlib.h>

#include <cstddef>
#include <new>
#include <utility>

namespace ntm {
namespace {

// Level 1 reduces an exposition to a fifth; higher levels take much more time
// and save few more bytes.
constexpr int kLevel = 1;
constexpr int kMemoryLevel = 8;                  // zlib's default
constexpr int kGzipWindowBits = MAX_WBITS + 16;  // + 16: gzip, not zlib
constexpr size_t kPieceBytes = 64 * 1024;

}  // namespace

GzipStream::GzipStream(More more)
    : more_(std::move(more)),
      piece_(kPieceBytes, '\0'),
      stream_(new z_stream_s{}) {
  if (deflateInit2(stream_.get(), kLevel, Z_DEFLATED, kGzipWindowBits,
                   kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
}

GzipStream::~GzipStream() { deflateEnd(stream_.get()); }

std::string_view GzipStream::Next() {
  // reinterpret_cast: zlib's bytes are unsigned
  stream_->next_out = reinterpret_cast<Bytef*>(piece_.data());
  stream_->avail_out = static_cast<uInt>(piece_.size());
  while (!finished_ && stream_->avail_out > 0) {
    if (stream_->avail_in == 0 && !has_all_) {
      const std::string_view text = more_();
      has_all_ = text.empty();
      stream_->next_in =
          reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
      stream_->avail_in = static_cast<uInt>(text.size());
    }
    finished_ = deflate(stream_.get(), has_all_ ? Z_FINISH : Z_NO_FLUSH) ==
                Z_STREAM_END;
  }
  return std::string_view(piece_).substr(0, piece_.size() - stream_->avail_out);
}

}  // namespace ntm
