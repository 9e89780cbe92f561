#include "listen_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

#include "ntm/base/error.h"
#include "ntm/base/whole_number.h"

namespace ntm {
namespace {

[[noreturn]] void Refuse(std::string_view text, std::string_view why) {
  throw Error(fmt::format("cannot listen on \"{}\": {}; write host:port, "
                          "[IPv6 address]:port or :port",
                          text, why),
              kExitUsage);
}

}  // namespace

ListenAddress ParseListenAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    Refuse(text, "it has no port");
  }
  std::string_view host = text.substr(0, colon);
  const std::string_view port_text = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']') && host.size() > 2) {
    host = host.substr(1, host.size() - 2);
    if (host.find(':') == std::string_view::npos) {
      Refuse(text, "only an IPv6 address may be in brackets");
    }
  } else if (host.find(':') != std::string_view::npos) {
    Refuse(text, "an IPv6 address needs brackets");
  } else if (host.find_first_of("[]") != std::string_view::npos) {
    Refuse(text, "there is no address in the brackets");
  }
  const auto port = ParseWholeNumber(port_text, 0, UINT16_MAX);
  if (!port) Refuse(text, "its port is not a number from 0 to 65535");
  return {std::string(host), static_cast<uint16_t>(*port)};
}

std::string FormatEndpoint(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof(v4));
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return fmt::format("{}:{}", text.data(), ntohs(v4.sin_port));
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof(v6));
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text.data(), text.size());
    return fmt::format("{}:{}", text.data(), ntohs(v6.sin6_port));
  }
  inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  return fmt::format("[{}]:{}", text.data(), ntohs(v6.sin6_port));
}

}  // namespace ntm
