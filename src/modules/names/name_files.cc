#include "name_files.h"

#include <spdlog/spdlog.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include "lease_file.h"
#include "ntm/base/error.h"
#include "ntm/base/unix_time.h"

namespace ntm::names {
namespace {

std::string ReadWhole(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(NameFiles::kMaxFileBytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) {
    throw Error("cannot read " + path + ": " +
                std::strerror(errno == 0 ? EIO : errno) +
                "; check that it exists and can be read");
  }
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

// A missing file is not an error.
bool IsFile(const std::string& path, std::error_code* error) {
  const bool is_file = std::filesystem::is_regular_file(path, *error);
  if (*error == std::errc::no_such_file_or_directory) error->clear();
  return is_file;
}

}  // namespace

NameFiles::NameFiles(std::string hosts_path,
                     std::vector<std::string> lease_paths, NameRules* rules,
                     NameTable* table)
    : rules_(rules), table_(table) {
  for (std::string& path : lease_paths) {
    std::error_code error;
    if (!IsFile(path, &error)) {
      throw Error("cannot read the leases in " + path + ": " +
                  (error ? error.message() : "no such file") +
                  "; set --lease-file to the file that the DHCP server writes");
    }
    Reread(&files_.emplace_back(File{std::move(path), true}));
  }
  File& hosts = files_.emplace_back(File{std::move(hosts_path), false});
  Reread(&hosts);
  Publish(NameSource::kStatic);
  Publish(NameSource::kDhcp);
}

void NameFiles::Refresh() {
  for (File& file : files_) {
    try {
      if (!Reread(&file)) continue;
      Publish(file.is_leases ? NameSource::kDhcp : NameSource::kStatic);
      file.complained = false;
    } catch (const std::exception& error) {
      if (!std::exchange(file.complained, true)) {
        spdlog::warn("{}; the names read before are kept", error.what());
      }
    }
  }
}

bool NameFiles::Reread(File* file) {
  std::error_code error;
  if (!IsFile(file->path, &error)) {
    const bool was_never_there =
        !error && file->bytes == 0 && file->names.empty();
    if (was_never_there && !file->is_leases) return false;
    throw Error("cannot read " + file->path + ": " +
                (error ? error.message() : "it does not exist any more"));
  }
  const auto changed_at = std::filesystem::last_write_time(file->path, error);
  const auto bytes = error ? 0 : std::filesystem::file_size(file->path, error);
  if (error) throw Error("cannot read " + file->path + ": " + error.message());
  if (changed_at == file->changed_at && bytes == file->bytes) return false;
  const std::string text = ReadWhole(file->path);
  const FoundNames found = file->is_leases
                               ? ParseLeases(text, WallTimeNs() / kNsPerSecond)
                               : ParseHosts(text);
  file->names.clear();
  for (const auto& [address, raw] : found) {
    if (auto name = rules_->Take(address, raw)) {
      file->names.emplace(address, std::move(*name));
    }
  }
  file->changed_at = changed_at;
  file->bytes = bytes;
  return true;
}

void NameFiles::Publish(NameSource source) {
  FoundNames all;
  for (const File& file : files_) {
    if (file.is_leases == (source == NameSource::kDhcp)) {
      all.insert(file.names.begin(), file.names.end());
    }
  }
  table_->Replace(source, std::move(all));
}

}  // namespace ntm::names
