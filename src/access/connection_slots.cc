#include "ntm/access/connection_slots.h"

#include <algorithm>

namespace ntm {
namespace {

// A share is the limit divided by this, but at least kMinShare.
constexpr size_t kSmallShare = 8;
constexpr size_t kLargeShare = 2;
constexpr size_t kMinShare = 16;

size_t IndexOf(PeerKind kind) { return static_cast<size_t>(kind); }

}  // namespace

ConnectionSlot::~ConnectionSlot() {
  if (slots_ != nullptr) slots_->Release(peer_, kind_);
}

ConnectionSlots::ConnectionSlots(size_t limit) : limit_(limit) {}

size_t ConnectionSlots::ShareOf(PeerKind kind) const {
  const size_t part =
      kind == PeerKind::kThisMachine ? kLargeShare : kSmallShare;
  return std::max(limit_ / part, kMinShare);
}

size_t ConnectionSlots::ReservedFrom(PeerKind kind) const {
  const size_t reserved_each = limit_ / kSmallShare;
  size_t reserved = 0;
  for (const PeerKind other : {PeerKind::kThisMachine, PeerKind::kLocal}) {
    const size_t taken = taken_by_kind_[IndexOf(other)];
    if (other != kind && taken < reserved_each) {
      reserved += reserved_each - taken;
    }
  }
  return reserved;
}

std::optional<ConnectionSlot> ConnectionSlots::Take(const Address& peer,
                                                    PeerKind kind) {
  const std::scoped_lock lock(mutex_);
  if (taken_ + ReservedFrom(kind) >= limit_) return std::nullopt;
  const PeerKey key{peer.kind, peer.bytes};
  size_t& own = taken_by_peer_[key];
  if (own >= ShareOf(kind)) return std::nullopt;
  ++own;
  ++taken_;
  ++taken_by_kind_[IndexOf(kind)];
  return ConnectionSlot(this, peer, kind);
}

void ConnectionSlots::Release(const Address& peer, PeerKind kind) {
  const std::scoped_lock lock(mutex_);
  --taken_;
  --taken_by_kind_[IndexOf(kind)];
  const auto own = taken_by_peer_.find({peer.kind, peer.bytes});
  if (--own->second == 0) taken_by_peer_.erase(own);
}

}  // namespace ntm
