#include "ntm/base/state_directory.h"

#include <unistd.h>

#include <cstdlib>

namespace ntm {
namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::string StateDirectory() {
  // systemd separates several directories with colons.
  const std::string state = Variable("STATE_DIRECTORY");
  if (!state.empty()) return state.substr(0, state.find(':'));
  if (geteuid() == 0) return "/var/lib/ntm";
  const std::string state_home = Variable("XDG_STATE_HOME");
  if (!state_home.empty()) return state_home + "/ntm";
  const std::string home = Variable("HOME");
  return home.empty() ? "" : home + "/.local/state/ntm";
}

}  // namespace ntm
