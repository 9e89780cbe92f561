// A capture of our own, where no ntm runs: this program as a child, with the
// options of the command line.
//
// Shape    it listens on a loopback port that only this process knows a token
//          for, in the private folder in which it keeps what it would store. It
//          takes nothing from variables, from the configuration file or from
//          the database of a service, and sends no alerts. A guardian between
//          the two ends the child when this process ends, in whichever way, and
//          removes the folder.
// Threads  one thread; the constructor forks, so it must be the only one.
// Errors   the constructor throws ntm::Error.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "ntm/base/descriptor.h"

namespace ntm::top {

class OwnCapture {
 public:
  // `words` of the command line; with TLS in them, the child has it, too.
  OwnCapture(std::vector<std::string> words, bool has_tls);
  ~OwnCapture();  // waits for its end
  OwnCapture(const OwnCapture&) = delete;
  OwnCapture& operator=(const OwnCapture&) = delete;

  const std::string& url() const { return url_; }
  const std::string& token() const { return token_; }

  // Can be read once the child has ended.
  int descriptor() const { return guardian_.get(); }
  bool HasEnded() const;
  // Why it has ended: the last line that it wrote.
  std::string LastWords() const;

 private:
  std::string token_;
  std::string url_;
  Descriptor log_;
  Descriptor guardian_;
  pid_t guardian_pid_ = -1;
};

}  // namespace ntm::top
