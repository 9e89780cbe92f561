#include "read_savefile.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "ntm/base/error.h"
#include "ntm/savefile/savefile_reader.h"

namespace ntm::test {

InputFile FileOf(const std::string& contents) {
  Descriptor file(memfd_create("capture", MFD_CLOEXEC));
  if (file.get() < 0 || pwrite(file.get(), contents.data(), contents.size(),
                               0) != static_cast<ssize_t>(contents.size())) {
    throw std::system_error(errno, std::generic_category(), "memfd_create");
  }
  return {"capture", std::move(file)};
}

ReadSavefile Read(const std::string& contents) {
  SavefileReader reader(FileOf(contents));
  ReadSavefile result;
  std::array<Frame, 3> frames;
  size_t count = 1;
  while (count > 0) {
    try {
      count = reader.Read(frames.data(), frames.size());
    } catch (const Error& error) {
      result.error = error.what();
      break;
    }
    for (size_t i = 0; i < count; ++i) {
      const Frame& frame = frames[i];
      CapturedFrame& kept = result.frames.emplace_back();
      kept.bytes.assign(frame.data, frame.data + frame.captured_bytes);
      kept.wire_bytes = frame.wire_bytes;
      kept.time_ns = frame.time_ns;
      kept.link_type = frame.link_type;
      result.interfaces.push_back(reader.interface_names()[frame.interface]);
    }
  }
  result.skipped_bytes = reader.skipped_bytes();
  result.damage = reader.damage();
  return result;
}

std::string ErrorOf(const std::string& contents) {
  try {
    Read(contents);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace ntm::test
