#include <zstd.h>

#include <new>
#include <utility>
#include <vector>

#include "byte_source.h"
#include "ntm/base/error.h"

namespace ntm {
namespace {

class Zstd final : public ByteSource {
 public:
  Zstd(std::unique_ptr<ByteSource> packed, std::string path)
      : packed_(std::move(packed)),
        path_(std::move(path)),
        piece_(ZSTD_DStreamInSize()),
        stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) throw std::bad_alloc();
  }
  ~Zstd() override { ZSTD_freeDStream(stream_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  size_t Read(std::span<uint8_t> room) override {
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    while (out.pos == 0) {
      // zstd may have more output ready, for which it needs no more input.
      if (in_.pos == in_.size && !has_more_ && !Refill()) {
        if (between_frames_) return 0;
        Fail("it ends within its compressed data");
      }
      const size_t result = ZSTD_decompressStream(stream_, &out, &in_);
      if (ZSTD_isError(result) != 0) Fail("its zstd data is damaged");
      between_frames_ = result == 0;
      has_more_ = out.pos == out.size && !between_frames_;
    }
    return out.pos;
  }

 private:
  bool Refill() {
    const size_t got = packed_->Read(piece_);
    in_ = {piece_.data(), got, 0};
    packed_bytes_ += got;
    return got > 0;
  }

  [[noreturn]] void Fail(const std::string& what) const {
    throw Error("cannot read " + path_ + ": " + what + ", at byte " +
                std::to_string(packed_bytes_ - in_.size + in_.pos) +
                " of the packed file; make the file anew");
  }

  std::unique_ptr<ByteSource> packed_;
  std::string path_;
  std::vector<uint8_t> piece_;
  ZSTD_DStream* stream_;
  ZSTD_inBuffer in_{};
  uint64_t packed_bytes_ = 0;
  bool has_more_ = false;
  bool between_frames_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> ZstdSource(std::unique_ptr<ByteSource> packed,
                                       const std::string& path) {
  return std::make_unique<Zstd>(std::move(packed), path);
}

}  // namespace ntm
