// Fuzzes the services file: any bytes are accepted, and lookups work.
#include <array>
#include <sstream>

#include "fuzz.h"
#include "ntm/net/services.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::istringstream lines(ntm::fuzz::Text(data, size));
  auto services = ntm::Services::FromStream(lines);
  constexpr std::array<uint16_t, 6> kPorts = {0, 22, 53, 443, 32767, 65535};
  for (const uint16_t port : kPorts) {
    const auto id = services.OfConversation(ntm::kProtocolTcp, port, 53);
    if (services.Name(id).size() > size) __builtin_trap();
  }
  services.NumberPorts();
  for (const uint16_t port : kPorts) {
    const auto id = services.OfConversation(ntm::kProtocolUdp, port, 40000);
    const bool has_none =
        services.Find(ntm::kProtocolUdp, port) == ntm::kNoService;
    if (services.Name(id).empty() != has_none) __builtin_trap();
  }
  return 0;
}
