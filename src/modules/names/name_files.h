// The files that name hosts: /etc/hosts and the leases of DHCP servers, read
// again whenever they change.
//
// Units    at most kMaxFileBytes of each file are read.
// Threads  not synchronised; what is read goes into the table at once.
// Errors   the constructor throws ntm::Error where a lease file cannot be read.
//          Later, a file that cannot be read keeps its last names, and is
//          logged once. A missing hosts file names nobody.
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

  // Reads all files. `rules` and `table` must outlive it.
  NameFiles(std::string hosts_path, std::vector<std::string> lease_paths,
            NameRules* rules, NameTable* table);

  // Reads those that have changed; cheap where none has.
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

  // Returns false iff the file is as it was.
  bool Reread(File* file);
  void Publish(NameSource source);

  NameRules* rules_;
  NameTable* table_;
  std::vector<File> files_;
};

}  // namespace ntm::names
