// Which compression a file has, by its first bytes.
#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "byte_source.h"
#include "ntm/base/error.h"

namespace ntm {
namespace {

constexpr size_t kMagicBytes = 4;

// A source whose first bytes have been looked at.
class LookedAt final : public ByteSource {
 public:
  explicit LookedAt(std::unique_ptr<ByteSource> source)
      : source_(std::move(source)) {
    while (head_end_ < head_.size()) {
      const size_t got = source_->Read(std::span(head_).subspan(head_end_));
      if (got == 0) return;
      head_end_ += got;
    }
  }

  std::string_view head() const {
    return {reinterpret_cast<const char*>(head_.data()), head_end_};
  }

  size_t Read(std::span<uint8_t> room) override {
    if (head_begin_ == head_end_) return source_->Read(room);
    const size_t bytes = std::min(room.size(), head_end_ - head_begin_);
    std::memcpy(room.data(), head_.data() + head_begin_, bytes);
    head_begin_ += bytes;
    return bytes;
  }

 private:
  std::unique_ptr<ByteSource> source_;
  std::array<uint8_t, kMagicBytes> head_{};
  size_t head_begin_ = 0;
  size_t head_end_ = 0;
};

bool BeginsAsZstd(std::string_view head) {
  // A skippable frame may come first: RFC 8878, section 3.1.2.
  return head == "\x28\xb5\x2f\xfd" ||
         (head.size() == kMagicBytes && (head[0] & 0xf0) == 0x50 &&
          head.substr(1) == "\x2a\x4d\x18");
}

// What unpacks another compression; "" where there is none.
std::string_view UnpackerOf(std::string_view head) {
  if (head == std::string_view("\xfd\x37\x7a\x58")) return "xzcat";
  if (head.starts_with("BZh")) return "bzcat";
  if (head == std::string_view("\x04\x22\x4d\x18")) return "lz4cat";
  return "";
}

}  // namespace

std::unique_ptr<ByteSource> Unpacked(std::unique_ptr<ByteSource> packed,
                                     const std::string& path) {
  auto source = std::make_unique<LookedAt>(std::move(packed));
  const std::string_view head = source->head();
  if (head.starts_with("\x1f\x8b")) return GzipSource(std::move(source), path);
  if (BeginsAsZstd(head)) return ZstdSource(std::move(source), path);
  if (const auto unpacker = UnpackerOf(head); !unpacker.empty()) {
    throw Error("cannot read " + path +
                ": it is compressed with neither gzip "
                "nor zstd; unpack it on the way: " +
                std::string(unpacker) + " FILE | ntm -r -");
  }
  return source;
}

}  // namespace ntm
