// Reads host names from /etc/hosts and DHCP lease files, again whenever they
// change.
//
// Units    at most kMaxFileBytes of each file are read.
// Threads  not synchronised; the names are put into the table at once.
// Errors   the constructor throws ntm::Error if a lease file cannot be read.
//          Later, if a file cannot be read, that is logged once and its last
//          names are kept. A missing hosts file counts as empty.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "name_rules.h"
#include "name_table.h"

namespace ntm::names {

class NameFiles {
 public:
  static constexpr size_t kMaxFileBytes = 16U << 20;

  // Reads all files. `rules` and `table` must outlive this object.
  NameFiles(std::string hosts_path, std::vector<std::string> lease_paths,
            NameRules* rules, NameTable* table);

  // Reads the files that have changed; cheap if none has.
  void Refresh();

 private:
  struct File {
    std::string path;
    bool is_leases = false;
    std::filesystem::file_time_type changed_at{};
    uintmax_t bytes = 0;
    bool complained = false;
    FoundNames names{};
  };

  // Returns false iff the file is unchanged.
  bool Reread(File* file);
  void Publish(NameSource source);

  NameRules* rules_;
  NameTable* table_;
  std::vector<File> files_;
};

}  // namespace ntm::names
