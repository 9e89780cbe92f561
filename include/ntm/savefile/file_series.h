// The files of a writer that rotates them, in the order in which they are
// written.
//
// Shape    a pattern as in glob(7), or a path. The next file is the oldest one
//          that was changed after the current one: tcpdump -C and -G, dumpcap
//          -b and logrotate finish a file before they begin the next, whether
//          they count up, come back to the first name or rename what is
//          finished. A current file that has become shorter begins anew. A file
//          that is named as the current one with something added, and is as
//          old, is a packed copy of it.
// Threads  not synchronised.
// Errors   Next() throws ntm::Error with the remedy if the file cannot be
//          opened; that file is passed over then.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "ntm/savefile/input_file.h"

namespace ntm {

class FileSeries {
 public:
  explicit FileSeries(std::string pattern) : pattern_(std::move(pattern)) {}

  // Opens the next file, which is then the current one; nothing if there is
  // none yet. It does not follow links, and opens regular files only.
  std::optional<InputFile> Next();

  // Whether there is one after the current file, of which so much was read.
  bool HasNext(uint64_t read_bytes);

  // The folder in which all files of a pattern are.
  static std::string FolderOf(const std::string& pattern);

 private:
  struct Seen {
    std::string path;
    dev_t device = 0;
    ino_t number = 0;
    int64_t changed_at_ns = 0;

    bool IsSameFile(const Seen& other) const noexcept;
    bool IsBefore(const Seen& other) const noexcept;
    bool IsCopyOf(const Seen& other) const noexcept;
  };

  // Of a regular file.
  static std::optional<Seen> Look(const std::string& path);
  std::optional<Seen> Oldest() const;
  // Returns its length.
  uint64_t LookAtCurrent();

  // Constant after construction
  std::string pattern_;

  std::optional<Seen> current_;
  Descriptor current_file_{-1};
  bool begins_anew_ = false;
};

}  // namespace ntm
