#include "ntm/savefile/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "ntm/base/error.h"

namespace ntm {

InputFile::InputFile(const std::string& path)
    : InputFile(
          path,
          Descriptor(path == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                 : open(path.c_str(), O_RDONLY | O_CLOEXEC))) {}

InputFile::InputFile(std::string path, Descriptor descriptor)
    : path_(std::move(path)), descriptor_(std::move(descriptor)) {
  if (descriptor_.get() < 0) ThrowInputError(path_, errno);
  struct stat status {};
  is_regular_ =
      fstat(descriptor_.get(), &status) == 0 && S_ISREG(status.st_mode) != 0;
}

void ThrowInputError(const std::string& path, int error) {
  const std::string remedy =
      error == EACCES ? "let uid " + std::to_string(geteuid()) +
                            ", as which ntm runs, read it, or see --user"
                      : "give a pcap or pcapng file, or - for standard input";
  throw Error("cannot read " + path + ": " + std::strerror(error) + "; " +
              remedy);
}

}  // namespace ntm
