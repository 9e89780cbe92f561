// Drops the privileges that a run does not need: chooses the user to run as and
// the files to keep, and makes that user the owner of these.
//
// Shape    call Prepare() before anything is opened in the state directory, and
//          Drop() when everything is open and no input has been read. A run
//          that reads a file does not use that directory: DropForFile() only.
// Threads  main thread only.
// Errors   ntm::Error for a user that does not exist, and with --sandbox strict
//          if a privilege cannot be dropped.
#pragma once

#include <prometheus/metric_family.h>

#include <optional>
#include <string>
#include <vector>

#include "app/options/options.h"
#include "sandbox.h"

namespace ntm {

// From now on, new files belong to that user. Before anything is opened,
// because the log is the first file.
void KeepFilesAsUserOf(const Options& options);

class Rights {
 public:
  // `options` must outlive this.
  explicit Rights(const Options& options);

  // Fixes the path of the state directory, creates it if root owns its parent,
  // and makes the user its owner. `written` are files that modules write
  // elsewhere.
  void Prepare(const std::vector<std::string>& written);

  // `read` are the files that a reload reads again. Warns of files in either
  // list that the user cannot access.
  void Drop(const std::vector<std::string>& written,
            const std::vector<std::string>& read, bool keeps_net_admin);

  // The same for a run that reads a file, after everything is opened: it needs
  // no capability, and failures are logged at debug level.
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
