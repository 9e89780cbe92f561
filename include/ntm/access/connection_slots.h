// Who may have how many of the server's connections.
//
// Shape    of `limit` slots one peer (peer.h) has at most an eighth, this
//          machine half, where all its proxies and scrapers are one; but 16 if
//          there are so many. An eighth of the slots is kept for this machine
//          and another for the local networks: others never take these.
// Threads  any.
// Errors   none.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "ntm/net/address.h"

namespace ntm {

enum class PeerKind : uint8_t { kThisMachine, kLocal, kOther };

class ConnectionSlots;

// A place among the connections, given back when it is destroyed.
class ConnectionSlot {
 public:
  ConnectionSlot(ConnectionSlot&& other) noexcept
      : slots_(std::exchange(other.slots_, nullptr)),
        peer_(other.peer_),
        kind_(other.kind_) {}
  ConnectionSlot& operator=(ConnectionSlot&&) = delete;
  ~ConnectionSlot();

 private:
  friend ConnectionSlots;
  ConnectionSlot(ConnectionSlots* slots, const Address& peer, PeerKind kind)
      : slots_(slots), peer_(peer), kind_(kind) {}

  ConnectionSlots* slots_;
  Address peer_;
  PeerKind kind_;
};

class ConnectionSlots {
 public:
  explicit ConnectionSlots(size_t limit);

  size_t limit() const { return limit_; }

  // Nothing if the peer has its share, or what is left is kept for others. This
  // must outlive the slot. `peer` as OnePeer() says it.
  std::optional<ConnectionSlot> Take(const Address& peer, PeerKind kind);

 private:
  friend ConnectionSlot;
  using PeerKey = std::pair<AddressKind, std::array<uint8_t, 16>>;

  size_t ShareOf(PeerKind kind) const;
  // Slots that are empty, but kept for others than `kind`.
  size_t KeptFrom(PeerKind kind) const;
  void GiveBack(const Address& peer, PeerKind kind);

  // Constant after construction
  const size_t limit_;

  std::mutex mutex_;
  // Guarded
  size_t taken_ = 0;
  std::array<size_t, 3> taken_by_kind_{};
  std::map<PeerKey, size_t> taken_by_peer_;
};

}  // namespace ntm
