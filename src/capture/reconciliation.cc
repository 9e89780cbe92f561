#include "reconciliation.h"

namespace ntm {
namespace {

// Loopback counts each frame as sent and received; it is captured once.
uint64_t CountedBytes(const LinkState& link) {
  return link.receive_bytes + (link.is_loopback ? 0 : link.transmit_bytes);
}

}  // namespace

void Reconciliation::Begin(const std::optional<LinkState>& link,
                           uint64_t captured_bytes) {
  last_link_ = link;
  last_captured_bytes_ = captured_bytes;
}

std::optional<double> Reconciliation::Next(const LinkState& link,
                                           uint64_t captured_bytes) {
  std::optional<double> ratio;
  if (last_link_ && !link.is_bridge &&
      CountedBytes(link) > CountedBytes(*last_link_)) {
    ratio = static_cast<double>(captured_bytes - last_captured_bytes_) /
            static_cast<double>(CountedBytes(link) - CountedBytes(*last_link_));
  }
  Begin(link, captured_bytes);
  return ratio;
}

}  // namespace ntm
