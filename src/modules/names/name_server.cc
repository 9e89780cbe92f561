#include "name_server.h"

#include <algorithm>
#include <optional>

#include "ntm/base/error.h"
#include "ntm/base/whole_number.h"
#include "text_lines.h"

namespace ntm::names {
namespace {

constexpr size_t kMaxServers =
    8;  // ares_getsock() of c-ares reports no more than 16 sockets

bool IsLinkLocal(const Address& address) {
  return address.kind == AddressKind::kIpv6 && address.bytes[0] == 0xfe &&
         (address.bytes[1] & 0xc0) == 0x80;
}

// A link-local address is only valid together with its scope.
bool TakeHost(std::string_view text, NameServer* server) {
  const size_t percent = text.find('%');
  const auto address = ParseAddress(text.substr(0, percent));
  if (!address) return false;
  server->address = *address;
  if (percent == std::string_view::npos) return !IsLinkLocal(*address);
  server->scope = text.substr(percent + 1);
  return IsLinkLocal(*address) && !server->scope.empty() &&
         server->scope.find('/') == std::string::npos;
}

std::optional<NameServer> ParseNameServer(std::string_view text) {
  NameServer server;
  if (TakeHost(text, &server)) return server;
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = ParseWholeNumber(text.substr(colon + 1), 1, UINT16_MAX);
  std::string_view host = text.substr(0, colon);
  const bool has_brackets = host.starts_with('[') && host.ends_with(']');
  if (has_brackets) host = host.substr(1, host.size() - 2);
  server = {};
  if (!port || !TakeHost(host, &server) ||
      has_brackets != (server.address.kind == AddressKind::kIpv6)) {
    return std::nullopt;
  }
  server.port = static_cast<uint16_t>(*port);
  return server;
}

}  // namespace

std::vector<NameServer> ParseNameServers(const std::string& list) {
  std::vector<NameServer> servers;
  std::string_view rest(list);
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const auto server = ParseNameServer(rest.substr(0, comma));
    if (!server || servers.size() == kMaxServers) {
      throw Error(
          "--dns-server: '" + list +
              "' is not the address of a DNS server or a list of up to " +
              std::to_string(kMaxServers) +
              "; examples: 192.168.0.1, 127.0.0.1:5353, [::1]:5353 or, "
              "link-local, fe80::1%eth0",
          kExitUsage);
    }
    servers.push_back(*server);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return servers;
}

SystemServers ReadSystemServers(std::string_view resolv_conf) {
  SystemServers servers;
  for (const std::string_view line : LinesOf(resolv_conf)) {
    const auto words = WordsOf(line);
    if (words.size() < 2 || words[0] != "nameserver") continue;
    NameServer server;
    if (TakeHost(words[1], &server) && servers.usable.size() < kMaxServers) {
      servers.usable.push_back(server);
    } else {
      servers.others.emplace_back(words[1]);
    }
  }
  if (servers.usable.empty() && servers.others.empty()) {
    constexpr std::string_view kOwn = "127.0.0.1";
    servers.usable.push_back({ParseAddress(kOwn).value(), "", kDnsPort});
  }
  return servers;
}

}  // namespace ntm::names
