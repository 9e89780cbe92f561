#include "ntm/net/services.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "ntm/base/error.h"

namespace ntm {
namespace {

constexpr uint8_t kNoTransport = 4;

// By protocol; the last one is for all that are no IP protocol.
constexpr std::array<uint8_t, 257> kTransports = [] {
  std::array<uint8_t, 257> transports{};
  transports.fill(kNoTransport);
  transports[kProtocolTcp] = 0;
  transports[kProtocolUdp] = 1;
  transports[kProtocolUdpLite] = 1;
  transports[kProtocolSctp] = 2;
  transports[kProtocolDccp] = 3;
  return transports;
}();

size_t TransportOf(Protocol protocol) noexcept {
  return kTransports[std::min<size_t>(protocol, kTransports.size() - 1)];
}

size_t TransportNamed(std::string_view name) {
  if (name == "tcp") return TransportOf(kProtocolTcp);
  if (name == "udp") return TransportOf(kProtocolUdp);
  if (name == "sctp") return TransportOf(kProtocolSctp);
  if (name == "dccp") return TransportOf(kProtocolDccp);
  return kNoTransport;
}

// Removes and returns the first word of `rest`; "" if there is none.
std::string_view NextWord(std::string_view* rest) {
  constexpr std::string_view kBlanks = " \t\r\f\v";
  const size_t begin = rest->find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  rest->remove_prefix(begin);
  const std::string_view word =
      rest->substr(0, std::min(rest->find_first_of(kBlanks), rest->size()));
  rest->remove_prefix(word.size());
  return word;
}

// A name becomes a label value, so only printable ASCII is accepted.
bool IsPrintable(std::string_view name) {
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return c > ' ' && c < 0x7f; });
}

struct Declaration {
  std::string_view name;
  uint16_t port = 0;
  std::string_view protocol;
};

std::optional<Declaration> ParseDeclaration(std::string_view line) {
  Declaration declaration;
  declaration.name = NextWord(&line);
  if (declaration.name.size() > Services::kMaxNameBytes) return std::nullopt;
  const std::string_view where = NextWord(&line);
  const size_t slash = where.find('/');
  if (slash == std::string_view::npos || slash + 1 == where.size() ||
      !IsPrintable(declaration.name)) {
    return std::nullopt;
  }
  const char* end = where.data() + slash;
  const auto [stop, error] =
      std::from_chars(where.data(), end, declaration.port);
  if (error != std::errc() || stop != end) return std::nullopt;
  declaration.protocol = where.substr(slash + 1);
  return declaration;
}

}  // namespace

Services Services::FromFile(const std::string& path) {
  errno = 0;
  std::ifstream file(path);
  const auto fail = [&path] {
    throw Error("cannot read the services file " + path + ": " +
                std::strerror(errno != 0 ? errno : EIO) +
                "; name another file with --services-file");
  };
  if (!file) fail();
  Services services = FromStream(file);
  if (file.bad()) fail();
  return services;
}

Services Services::FromStream(std::istream& lines) {
  Services services;
  std::unordered_map<std::string, ServiceId> ids;
  std::string line;
  for (size_t number = 1; std::getline(lines, line); ++number) {
    std::string_view text(line);
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (number == 1 && text.starts_with(kByteOrderMark)) {
      text.remove_prefix(kByteOrderMark.size());
    }
    text = text.substr(0, text.find('#'));
    if (text.find_first_not_of(" \t\r\f\v") == std::string_view::npos) continue;
    const std::optional<Declaration> declaration = ParseDeclaration(text);
    if (!declaration) {
      if (services.skipped_lines_++ == 0) {
        services.first_skipped_line_ = number;
      }
      continue;
    }
    const size_t transport = TransportNamed(declaration->protocol);
    if (transport == kNoTransport || declaration->port >= kFirstEphemeralPort) {
      continue;
    }
    std::vector<ServiceId>& ports = services.by_port_[transport];
    ports.resize(kFirstEphemeralPort + 1, kNoService);
    ServiceId& place = ports[declaration->port];
    if (place != kNoService) continue;
    const auto [known, is_new] =
        ids.try_emplace(std::string(declaration->name),
                        static_cast<ServiceId>(services.names_.size()));
    if (is_new) {
      if (services.name_count() == kMaxNames) {
        throw Error("the services file has too many names, more than " +
                    std::to_string(kMaxNames) +
                    "; name a shorter file with --services-file");
      }
      services.names_.emplace_back(declaration->name);
    }
    place = known->second;
  }
  return services;
}

void Services::NumberPorts() {
  for (size_t transport = 0; transport < kNoTransport; ++transport) {
    Ports& ports = by_port_[transport];
    ports.resize(kFirstEphemeralPort + 1, kNoService);
    for (size_t port = 1; port < kFirstEphemeralPort; ++port) {
      if (ports[port] != kNoService) continue;
      ports[port] = static_cast<ServiceId>(kOtherService + port);
    }
  }
}

std::string Services::Name(ServiceId id) const {
  if (id < kOtherService) return names_[id];
  return id == kOtherService ? "other" : std::to_string(id - kOtherService);
}

ServiceId Services::Find(Protocol protocol, uint16_t port) const noexcept {
  const std::vector<ServiceId>& ports = by_port_[TransportOf(protocol)];
  return ports[std::min<size_t>(port, ports.size() - 1)];
}

ServiceId Services::OfConversation(Protocol protocol, uint16_t port_a,
                                   uint16_t port_b) const noexcept {
  const std::vector<ServiceId>& ports = by_port_[TransportOf(protocol)];
  const size_t last = ports.size() - 1;
  // A system port is lower than any registered one, so the lower port comes
  // first under both rules. Both are looked up: a branch on the first result
  // would be mispredicted.
  const ServiceId of_lower =
      ports[std::min<size_t>(std::min(port_a, port_b), last)];
  const ServiceId of_higher =
      ports[std::min<size_t>(std::max(port_a, port_b), last)];
  // All ones or 0, so that what is chosen takes no branch either. For the
  // number of no service, 0, `id - 1` is larger than that of any name.
  const auto is_name = [](ServiceId id) {
    return static_cast<ServiceId>(id - 1) < kOtherService - 1;
  };
  const bool takes_higher =
      (of_lower == kNoService) | (!is_name(of_lower) & is_name(of_higher));
  const unsigned mask = 0U - static_cast<unsigned>(takes_higher);
  return static_cast<ServiceId>(of_lower ^ ((of_lower ^ of_higher) & mask));
}

}  // namespace ntm
