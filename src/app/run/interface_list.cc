#include "interface_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "ntm/capture/capture.h"

namespace ntm {
namespace {

std::string StateOf(const InterfaceInfo& info) {
  std::string state = info.is_up ? "up" : "down";
  if (info.is_up && !info.is_running) state += ", no carrier";
  if (info.is_loopback) state += ", loopback";
  return state;
}

}  // namespace

void PrintInterfaces() {
  for (const InterfaceInfo& info : ListInterfaces()) {
    fmt::print("{:<16} {:<18} {}\n", info.name, StateOf(info),
               info.addresses.empty()
                   ? info.description
                   : fmt::to_string(fmt::join(info.addresses, " ")));
  }
}

}  // namespace ntm
