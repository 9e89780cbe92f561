#include "ntm/access/connection_slots.h"

#include <algorithm>

namespace ntm {
namespace {

constexpr size_t kSmallShare = 8;  // the limit by this
constexpr size_t kLargeShare = 2;
constexpr size_t kLeastShare = 16;

size_t IndexOf(PeerKind kind) { return static_cast<size_t>(kind); }

}  // namespace

ConnectionSlot::~ConnectionSlot() {
  if (slots_ != nullptr) slots_->GiveBack(peer_, kind_);
}

ConnectionSlots::ConnectionSlots(size_t limit) : limit_(limit) {}

size_t ConnectionSlots::ShareOf(PeerKind kind) const {
  const size_t part =
      kind == PeerKind::kThisMachine ? kLargeShare : kSmallShare;
  return std::max(limit_ / part, kLeastShare);
}

size_t ConnectionSlots::KeptFrom(PeerKind kind) const {
  const size_t kept_each = limit_ / kSmallShare;
  size_t kept = 0;
  for (const PeerKind other : {PeerKind::kThisMachine, PeerKind::kLocal}) {
    const size_t taken = taken_by_kind_[IndexOf(other)];
    if (other != kind && taken < kept_each) kept += kept_each - taken;
  }
  return kept;
}

std::optional<ConnectionSlot> ConnectionSlots::Take(const Address& peer,
                                                    PeerKind kind) {
  const std::scoped_lock lock(mutex_);
  if (taken_ + KeptFrom(kind) >= limit_) return std::nullopt;
  const PeerKey key{peer.kind, peer.bytes};
  size_t& own = taken_by_peer_[key];
  if (own >= ShareOf(kind)) return std::nullopt;
  ++own;
  ++taken_;
  ++taken_by_kind_[IndexOf(kind)];
  return ConnectionSlot(this, peer, kind);
}

void ConnectionSlots::GiveBack(const Address& peer, PeerKind kind) {
  const std::scoped_lock lock(mutex_);
  --taken_;
  --taken_by_kind_[IndexOf(kind)];
  const auto own = taken_by_peer_.find({peer.kind, peer.bytes});
  if (--own->second == 0) taken_by_peer_.erase(own);
}

}  // namespace ntm
