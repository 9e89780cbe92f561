// What a module needs beyond what every module may do: of the kernel, of the
// disk, of who asks over HTTP.
//
// Threads  main thread, after AddOptions().
// Errors   none.
#pragma once

#include <string>
#include <vector>

namespace ntm {

class NeededRights {
 public:
  virtual ~NeededRights() = default;

  // Returns true iff it changes the kernel's own settings while it runs.
  virtual bool needs_net_admin() const noexcept { return false; }

  // The files that it writes elsewhere than in the state directory, which is
  // its to write at any time.
  virtual std::vector<std::string> written_paths() const { return {}; }

  // Returns true iff what it lets others change is too much to be taken without
  // a token, even from this machine.
  virtual bool writes_need_token() const noexcept { return false; }
};

}  // namespace ntm
