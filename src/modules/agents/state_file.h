// A small file that outlasts the process: read once, written again and again
// on a thread of its own, which starts with the first Save().
//
// Shape    written whole under another name, synchronised and put in place, so
//          that at any time there is the old or the new one. A second process
//          on the same file keeps nothing (flock on FILE.lock).
// Threads  all calls from one thread, not the file's own ("ntm-state").
// Errors   none thrown: a place that cannot be used is warned of once, and
//          nothing is kept.
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
  // `name` is that of a file in StateDirectory(), or in `folder` if that is not
  // "". `what` is what would be lost, for messages.
  StateFile(const std::string& name, std::string what,
            const std::string& folder = "");
  // Writes what Save() was given last.
  ~StateFile();
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;

  // What the file held when it was opened; nothing if there was none.
  const std::optional<std::string>& content() const { return content_; }

  // Puts the file aside as FILE.bad and says why.
  void SetAside(const std::string& why);

  // Hands over what the file is to hold from now on.
  void Save(std::string text);

 private:
  void Open(const std::string& folder, const std::string& name);
  void Run(const std::stop_token& stop);
  void Write(const std::string& text);

  // Constant after construction
  std::string what_;
  std::string path_;  // "": nothing is kept
  std::optional<std::string> content_;
  int lock_ = -1;

  bool failed_ = false;  // thread_ only

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<std::string> pending_;  // guarded by mutex_
  std::jthread thread_;
};

}  // namespace ntm::agents
