// A small state file: read once, then replaced as a whole by a thread of its
// own, which starts with the first Save().
//
// Shape    written under a temporary name, fsynced and renamed, so that there
//          is always either the old or the new content. A second process with
//          the same file (flock on FILE.lock) saves nothing.
// Threads  all calls from one thread, not the file's own ("ntm-state").
// Errors   none thrown: if the file cannot be used, that is logged once and
//          nothing is saved.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace ntm::agents {

class StateFile {
 public:
  // `name` is a file in `folder`, or in StateDirectory() if that is "". `what`
  // describes the content in log messages.
  StateFile(const std::string& name, std::string what,
            const std::string& folder = "");
  // Writes the text of the last Save() first.
  ~StateFile();
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;

  // The content when the file was opened; nullopt if there was no file.
  const std::optional<std::string>& content() const { return content_; }

  // Renames the file to FILE.bad and logs why.
  void SetAside(const std::string& why);

  // Queues `text` as the new content; returns without waiting.
  void Save(std::string text);

 private:
  void Open(const std::string& folder, const std::string& name);
  void Run(const std::stop_token& stop);
  void Write(const std::string& text);

  // Constant after construction
  std::string what_;
  std::string path_;  // "": nothing is saved
  std::optional<std::string> content_;
  int lock_ = -1;

  bool failed_ = false;  // thread_ only

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<std::string> pending_;  // guarded by mutex_
  std::jthread thread_;
};

}  // namespace ntm::agents
