// Fuzzes the reader of capture files, compressed or not, and the filter of each
// link type with its frames.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include "fuzz.h"
#include "ntm/base/error.h"
#include "ntm/capture/file_capture.h"

namespace {

// Counts, and touches the bytes of each frame.
class Toucher final : public ntm::FrameSink {
 public:
  void OnFrame(const ntm::Frame& frame) noexcept override {
    for (uint32_t i = 0; i < frame.captured_bytes; ++i) sum_ += frame.data[i];
    if (frame.captured_bytes > frame.wire_bytes) std::abort();
    bytes += frame.captured_bytes;
  }
  uint64_t bytes = 0;

 private:
  uint32_t sum_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ntm::Descriptor file(memfd_create("capture", MFD_CLOEXEC));
  if (pwrite(file.get(), data, size, 0) != static_cast<ssize_t>(size)) {
    return 0;
  }
  static const ntm::CaptureSettings settings = [] {
    ntm::CaptureSettings filtered;
    filtered.filter = "ip or ip6";
    return filtered;
  }();
  constexpr size_t kMostFrames = 100'000;  // of a bomb
  try {
    ntm::FileCapture capture({"capture", std::move(file)}, settings);
    Toucher toucher;
    while (capture.read_frames() < kMostFrames &&
           capture.Dispatch(1000, &toucher)) {
    }
    const bool is_packed = size > 1 && (data[0] == 0x1f || data[1] == 0xb5 ||
                                        (data[0] & 0xf0) == 0x50);
    if (!is_packed && toucher.bytes + capture.reader().skipped_bytes() > size) {
      std::abort();
    }
  } catch (const ntm::Error&) {
    // What is no capture file says so.
  }
  return 0;
}
