// What this run keeps of its rights: says to the sandbox who it becomes and
// which files it goes on using, and gives these to that user.
//
// Shape    Prepare() before anything is opened in the state directory, Drop()
//          when all is open and nothing from outside is read yet. A run that
//          reads a file has nothing in that directory: DropForFile() alone.
// Threads  main thread only.
// Errors   ntm::Error for a user that there is not, and with --sandbox strict
//          for what cannot be given up.
#pragma once

#include <prometheus/metric_family.h>

#include <optional>
#include <string>
#include <vector>

#include "app/options/options.h"
#include "sandbox.h"

namespace ntm {

// What this run keeps is that user's from the first file on, the log: before
// anything is opened.
void KeepFilesAsUserOf(const Options& options);

class Rights {
 public:
  // `options` must outlive this.
  explicit Rights(const Options& options);

  // Names the state directory for good, makes it where it is root's own and
  // gives it to the user. `written` are the files that modules write elsewhere.
  void Prepare(const std::vector<std::string>& written);

  // `read` are the files that a reload reads again. What the user cannot reach
  // of both is warned of.
  void Drop(const std::vector<std::string>& written,
            const std::vector<std::string>& read, bool keeps_net_admin);

  // The same for a run that reads a file, all of which is open: it needs no
  // capability, and what the kernel does not grant is told at debug.
  void DropForFile(const std::vector<std::string>& written);

  // ntm_sandbox_info.
  prometheus::MetricFamily Family() const;

 private:
  void GiveWhatWasOpened(const std::vector<std::string>& written) const;
  SandboxSettings Settings(const std::vector<std::string>& written) const;
  std::vector<std::string> WritableFolders(
      const std::vector<std::string>& written) const;
  std::vector<std::string> ReadablePaths() const;

  // Constant after construction
  const Options& options_;
  std::optional<UserIds> user_;  // nothing: stays who it is

  // After Prepare()
  std::string state_folder_;
  std::vector<std::string> made_folders_;  // that were not there before

  SandboxState state_;
};

}  // namespace ntm
