#include <zlib.h>

#include <new>
#include <utility>
#include <vector>

#include "byte_source.h"
#include "ntm/base/error.h"

namespace ntm {
namespace {

constexpr size_t kGzipPieceBytes = 1 << 16;
constexpr int kGzipFormat = 16;  // added to the window's bits

class Gzip final : public ByteSource {
 public:
  Gzip(std::unique_ptr<ByteSource> packed, std::string path)
      : packed_(std::move(packed)),
        path_(std::move(path)),
        piece_(kGzipPieceBytes) {
    if (inflateInit2(&stream_, MAX_WBITS + kGzipFormat) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Gzip() override { inflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  size_t Read(std::span<uint8_t> room) override {
    stream_.next_out = room.data();
    stream_.avail_out = static_cast<uInt>(room.size());
    while (stream_.avail_out == room.size()) {
      if (stream_.avail_in == 0 && !Refill()) {
        if (between_members_) return 0;
        Fail("it ends within its compressed data");
      }
      if (between_members_ && *stream_.next_in == 0) {
        // gzip(1) accepts zeros after the last member, which tapes add.
        ++stream_.next_in;
        --stream_.avail_in;
        continue;
      }
      between_members_ = false;
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_STREAM_END) {
        between_members_ = true;
        inflateReset(&stream_);
      } else if (result != Z_OK) {
        Fail("its gzip data is damaged");
      }
    }
    return room.size() - stream_.avail_out;
  }

 private:
  bool Refill() {
    stream_.next_in = piece_.data();
    stream_.avail_in = static_cast<uInt>(packed_->Read(piece_));
    packed_bytes_ += stream_.avail_in;
    return stream_.avail_in > 0;
  }

  [[noreturn]] void Fail(const std::string& what) const {
    throw Error("cannot read " + path_ + ": " + what + ", at byte " +
                std::to_string(packed_bytes_ - stream_.avail_in) +
                " of the packed file; make the file anew");
  }

  std::unique_ptr<ByteSource> packed_;
  std::string path_;
  std::vector<uint8_t> piece_;
  z_stream stream_{};
  uint64_t packed_bytes_ = 0;
  bool between_members_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> GzipSource(std::unique_ptr<ByteSource> packed,
                                       const std::string& path) {
  return std::make_unique<Gzip>(std::move(packed), path);
}

}  // namespace ntm
