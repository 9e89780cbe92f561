#include "ntm/flow/host_text.h"

#include <array>
#include <charconv>

#include "ntm/net/network.h"

namespace ntm {

void AppendHostText(const Snapshot& snapshot, const Address& address,
                    const PrefixBits& prefix, std::string* out) {
  if (address.kind == AddressKind::kName) {
    if (snapshot.names != nullptr) out->append(snapshot.names->Text(address));
    return;
  }
  Address shown = address;
  if (snapshot.anonymizer != nullptr) {
    if (address.kind == AddressKind::kMac) {
      out->append("mac");
      return;
    }
    shown = snapshot.anonymizer->Alias(address);
  }
  const bool is_network = prefix.Folds(address.kind);
  const unsigned bits = prefix.BitsOf(address.kind);
  if (is_network) shown = FirstOf(shown, static_cast<uint8_t>(bits));
  std::array<char, kMaxAddressText> text;
  out->append(text.data(), FormatAddress(shown, text.data()));
  if (!is_network) return;
  std::array<char, 4> digits;
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), bits);
  out->push_back('/');
  out->append(digits.data(), end);
}

std::string HostText(const Snapshot& snapshot, const Address& address,
                     const PrefixBits& prefix) {
  std::string text;
  AppendHostText(snapshot, address, prefix, &text);
  return text;
}

bool IsNoHost(const Snapshot& snapshot, const Address& address,
              const PrefixBits& prefix) noexcept {
  if (IsGroup(address)) return true;
  if (address.kind != AddressKind::kIpv4 &&
      address.kind != AddressKind::kIpv6) {
    return false;
  }
  // The first address of a network stands for all of its hosts.
  if (prefix.Folds(address.kind)) return false;
  return address.bytes == Address().bytes ||
         (snapshot.local_networks != nullptr &&
          snapshot.local_networks->IsDirectedBroadcast(address));
}

EndNames NamesOfEnds(const Snapshot& snapshot, const FlowKey& key,
                     const HostNames* names) noexcept {
  if (names == nullptr || snapshot.anonymizer != nullptr) return {};
  const Address& src = key.Src();
  const Address& dst = key.Dst();
  EndNames ends;
  if (!snapshot.labels.src_prefix.Folds(src.kind)) {
    ends.src = names->FindFor(dst, src);
  }
  if (!snapshot.labels.dst_prefix.Folds(dst.kind)) {
    ends.dst = names->FindFor(src, dst);
  }
  return ends;
}

bool IsListedAs(const Snapshot& snapshot, const Address& address,
                const PrefixBits& prefix, std::string_view text) {
  return HostText(snapshot, address, prefix) == text ||
         (text == kNoHostText && IsNoHost(snapshot, address, prefix));
}

}  // namespace ntm
