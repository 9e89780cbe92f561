#include "ntm/capture/capture_right.h"

#include <cap-ng.h>
#include <sys/socket.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

namespace ntm {
namespace {

bool HasNetRaw(std::string_view mask) {
  uint64_t bits = 0;
  std::from_chars(mask.data(), mask.data() + mask.size(), bits, 16);
  return (bits >> CAP_NET_RAW & 1) != 0;
}

}  // namespace

bool RaiseCaptureRight() noexcept {
  if (capng_get_caps_process() != 0) return false;
  if (capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_RAW) != 0) return true;
  if (capng_have_capability(CAPNG_PERMITTED, CAP_NET_RAW) == 0) return false;
  return capng_update(CAPNG_ADD, CAPNG_EFFECTIVE, CAP_NET_RAW) == 0 &&
         capng_apply(CAPNG_SELECT_CAPS) == 0;
}

ProcessRights ParseRights(std::istream& status) {
  ProcessRights rights;
  for (std::string line; std::getline(status, line);) {
    const size_t colon = line.find(':');
    const size_t begin = line.find_first_not_of(" \t", colon + 1);
    if (colon == std::string::npos || begin == std::string::npos) continue;
    const std::string key = line.substr(0, colon);
    const std::string value = line.substr(begin);
    if (key == "CapEff") rights.has_net_raw = HasNetRaw(value);
    if (key == "CapBnd") rights.may_have_net_raw = HasNetRaw(value);
    if (key == "NoNewPrivs") rights.no_new_privs = value == "1";
  }
  return rights;
}

ProcessRights ReadRights() {
  std::ifstream status("/proc/self/status");
  ProcessRights rights = ParseRights(status);
  const int packet_socket = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  rights.packet_socket = packet_socket >= 0;
  if (rights.packet_socket) close(packet_socket);
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  rights.executable = error ? "ntm" : path.string();
  rights.file_has_rights = getxattr(rights.executable.c_str(),
                                    "security.capability", nullptr, 0) > 0;
  return rights;
}

MissingRight ExplainMissingRight(const ProcessRights& rights) {
  if (rights.has_net_raw) {
    return {"CAP_NET_RAW is there, but the kernel refuses a packet socket",
            "allow AF_PACKET to this process (systemd: "
            "RestrictAddressFamilies; seccomp profile), or run it in the "
            "host's user namespace"};
  }
  if (!rights.may_have_net_raw) {
    return {"CAP_NET_RAW is missing: this container or service may not have it",
            "docker, podman: --cap-add NET_RAW; Kubernetes: capabilities: add: "
            "[NET_RAW]; systemd: CAP_NET_RAW in CapabilityBoundingSet and "
            "AmbientCapabilities"};
  }
  if (rights.no_new_privs && rights.file_has_rights) {
    return {
        "CAP_NET_RAW is missing: no_new_privs is set, so the capabilities "
        "of " +
            rights.executable + " do not count",
        "Kubernetes: allowPrivilegeEscalation: true, or user 0 with "
        "capabilities: add: [NET_RAW]; systemd: "
        "AmbientCapabilities=CAP_NET_RAW"};
  }
  return {"CAP_NET_RAW is missing: ntm may not capture",
          "run as root, or give the right once: sudo setcap cap_net_raw+ep " +
              rights.executable};
}

}  // namespace ntm
