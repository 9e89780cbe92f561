#include "ntm/base/secret_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "ntm/base/ascii.h"
#include "ntm/base/descriptor.h"
#include "ntm/base/error.h"

namespace ntm {
namespace {

constexpr off_t kMostBytes = 1024 * 1024;

[[noreturn]] void Fail(const std::string& option, const std::string& path,
                       const std::string& why) {
  throw Error(fmt::format("{} {}: {}", option, path, why));
}

void CheckMode(const std::string& option, const std::string& path,
               const struct stat& status) {
  if (!S_ISREG(status.st_mode)) {
    Fail(option, path, "is not a regular file; name one");
  }
  if (status.st_size > kMostBytes) {
    Fail(option, path, "is larger than 1 MiB; is it the right file?");
  }
  if ((status.st_mode & S_IWOTH) != 0) {
    Fail(option, path, "is world-writable; chmod o-rw it");
  }
  if ((status.st_mode & S_IROTH) != 0) {
    spdlog::warn("{} {}: is world-readable (mode {:o}); chmod 600 it", option,
                 path, status.st_mode & 07777U);
  }
}

std::string ReadAll(const std::string& path, const std::string& option) {
  // O_NONBLOCK: a FIFO must not block the start.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status = {};
  if (file.get() < 0 || fstat(file.get(), &status) != 0) {
    Fail(option, path,
         fmt::format("cannot be read: {}; name a file with one token per line",
                     std::strerror(errno)));
  }
  CheckMode(option, path, status);
  std::string text;
  std::array<char, 4096> piece{};
  ssize_t got = 0;
  while ((got = read(file.get(), piece.data(), piece.size())) > 0) {
    text.append(piece.data(), static_cast<size_t>(got));
  }
  if (got < 0) Fail(option, path, std::strerror(errno));
  return text;
}

}  // namespace

bool IsReadable(const std::string& path) {
  return access(path.c_str(), R_OK) == 0;
}

std::vector<std::string> ReadSecretLines(const std::string& path,
                                         const std::string& option) {
  const std::string text = ReadAll(path, option);
  std::vector<std::string> lines;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = Trimmed(rest.substr(0, end), " \t\r");
    if (!line.empty() && line.front() != '#') lines.emplace_back(line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}

std::string ReadToken(const std::string& path, const std::string& option) {
  const std::vector<std::string> lines = ReadSecretLines(path, option);
  if (lines.size() != 1 || !IsToken(lines.front())) {
    Fail(option, path,
         "must hold one line with one token; `openssl rand -hex 32` makes one");
  }
  return lines.front();
}

bool IsToken(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    constexpr std::string_view kSigns = "-._~+/=";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || kSigns.find(c) != std::string_view::npos;
  });
}

}  // namespace ntm
