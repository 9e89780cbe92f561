#include <fmt/format.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "doctor_checks.h"

namespace ntm {
namespace {

class Ethtool {
 public:
  explicit Ethtool(std::string name)
      : name_(std::move(name)),
        socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
  ~Ethtool() {
    if (socket_ >= 0) close(socket_);
  }
  Ethtool(const Ethtool&) = delete;
  Ethtool& operator=(const Ethtool&) = delete;

  std::optional<uint32_t> Get(uint32_t command) const {
    ethtool_value value{};
    value.cmd = command;
    ifreq request{};
    if (name_.size() >= sizeof request.ifr_name) return std::nullopt;
    name_.copy(request.ifr_name, sizeof request.ifr_name - 1);
    request.ifr_data = reinterpret_cast<char*>(&value);
    if (ioctl(socket_, SIOCETHTOOL, &request) != 0) return std::nullopt;
    return value.data;
  }

  std::optional<bool> Is(uint32_t command) const {
    const auto value = Get(command);
    return value ? std::optional(*value != 0) : std::nullopt;
  }

 private:
  std::string name_;
  int socket_;
};

}  // namespace

Finding JudgeOffloads(const std::string& name, const Offloads& offloads) {
  constexpr char kName[] = "offloads";
  std::string merging;
  bool is_known = false;
  for (const auto& [label, state] :
       {std::pair("GRO", offloads.gro), std::pair("GSO", offloads.gso),
        std::pair("TSO", offloads.tso), std::pair("LRO", offloads.lro)}) {
    is_known = is_known || state.has_value();
    if (state.value_or(false))
      merging += (merging.empty() ? "" : ", ") + std::string(label);
  }
  if (!is_known) return Ok(kName, name + " does not report its offloads");
  if (merging.empty()) {
    return Ok(kName, name + " merges no frames: they are as on the wire");
  }
  return Ok(kName, name + " may merge frames (" + merging +
                       "): bytes are correct, packets are fewer than on the "
                       "wire; ntm_capture_superpackets_total counts the merged "
                       "ones");
}

Finding CheckOffloads(const std::string& name) {
  const Ethtool ethtool(name);
  Offloads offloads;
  offloads.gro = ethtool.Is(ETHTOOL_GGRO);
  offloads.gso = ethtool.Is(ETHTOOL_GGSO);
  offloads.tso = ethtool.Is(ETHTOOL_GTSO);
  const auto flags = ethtool.Get(ETHTOOL_GFLAGS);
  if (flags) offloads.lro = (*flags & ETH_FLAG_LRO) != 0;
  return JudgeOffloads(name, offloads);
}

}  // namespace ntm
