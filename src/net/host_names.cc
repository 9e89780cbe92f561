#include "ntm/net/host_names.h"

#include <xxhash.h>

#include "ntm/base/hash_seed.h"

namespace ntm {

std::string_view SourceName(NameSource source) noexcept {
  switch (source) {
    case NameSource::kStatic:
      return "static";
    case NameSource::kDhcp:
      return "dhcp";
    case NameSource::kPtr:
      return "ptr";
    case NameSource::kMdns:
      return "mdns";
    case NameSource::kDns:
      return "dns";
    case NameSource::kTls:
      break;
  }
  return "tls";
}

size_t AddressHash::operator()(const Address& address) const noexcept {
  static const uint64_t seed = RandomHashSeed();
  return XXH3_64bits_withSeed(address.bytes.data(), address.bytes.size(),
                              seed + static_cast<uint64_t>(address.kind));
}

}  // namespace ntm
