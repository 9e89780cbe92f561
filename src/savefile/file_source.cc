#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "byte_source.h"
#include "ntm/savefile/file_series.h"

namespace ntm {
namespace {

constexpr int kPipeBytes = 1 << 20;

size_t ReadSome(const InputFile& file, std::span<uint8_t> room) {
  ssize_t got = 0;
  do {
    got = read(file.descriptor(), room.data(), room.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) ThrowInputError(file.path(), errno);
  return static_cast<size_t>(got);
}

class WholeFile final : public ByteSource {
 public:
  WholeFile(InputFile file, InputWaiter* waiter)
      : file_(std::move(file)), waiter_(file_.is_regular() ? nullptr : waiter) {
    // A larger pipe means fewer switches between writer and reader. If the
    // kernel refuses, the pipe keeps its size.
    if (!file_.is_regular()) {
      fcntl(file_.descriptor(), F_SETPIPE_SZ, kPipeBytes);
    }
  }

  size_t Read(std::span<uint8_t> room) override {
    if (waiter_ != nullptr && !waiter_->WaitForInput(file_.descriptor())) {
      return 0;
    }
    return ReadSome(file_, room);
  }

 private:
  InputFile file_;
  InputWaiter* waiter_;  // null: reading may block
};

class GrowingFile final : public ByteSource {
 public:
  GrowingFile(InputFile file, InputWaiter* waiter, FileSeries* series)
      : file_(std::move(file)), waiter_(*waiter), series_(*series) {}

  size_t Read(std::span<uint8_t> room) override {
    size_t got = ReadSome(file_, room);
    while (got == 0 && !has_ended_) {
      // What was written before the next file was begun is still to be read.
      has_ended_ = series_.HasNext(read_bytes_) ||
                   !waiter_.WaitForInput(InputWaiter::kNoDescriptor);
      got = ReadSome(file_, room);
    }
    read_bytes_ += got;
    return got;
  }

 private:
  InputFile file_;
  InputWaiter& waiter_;
  FileSeries& series_;
  uint64_t read_bytes_ = 0;
  bool has_ended_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> FileSource(InputFile file, InputWaiter* waiter) {
  return std::make_unique<WholeFile>(std::move(file), waiter);
}

std::unique_ptr<ByteSource> GrowingSource(InputFile file, InputWaiter* waiter,
                                          FileSeries* series) {
  return std::make_unique<GrowingFile>(std::move(file), waiter, series);
}

}  // namespace ntm
