// The interface of a module that needs more rights than others: to change the
// kernel's settings, to write files, to accept only requests with a token.
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

  // Returns true iff it changes settings of the kernel while it runs.
  virtual bool needs_net_admin() const noexcept { return false; }

  // The files that it writes outside the state directory.
  virtual std::vector<std::string> written_paths() const { return {}; }

  // Returns true iff its routes that change something always need a token, even
  // from this machine.
  virtual bool writes_need_token() const noexcept { return false; }
};

}  // namespace ntm
