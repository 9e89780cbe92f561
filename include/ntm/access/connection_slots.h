// Limits how many of the server's connections one peer may have.
//
// Shape    of `limit` slots one peer (peer.h) may take at most an eighth, and
//          this machine, whose proxies and scrapers count as one peer, at most
//          half; both at least 16. An eighth of the slots is reserved for this
//          machine and another eighth for the local networks.
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

// One connection's slot; the destructor releases it.
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

  // Returns nothing if the peer has its full share, or if the free slots are
  // reserved for others. `peer` comes from OnePeer(). This object must outlive
  // the slot.
  std::optional<ConnectionSlot> Take(const Address& peer, PeerKind kind);

 private:
  friend ConnectionSlot;
  using PeerKey = std::pair<AddressKind, std::array<uint8_t, 16>>;

  size_t ShareOf(PeerKind kind) const;
  // Free slots that are reserved for other kinds than `kind`.
  size_t ReservedFrom(PeerKind kind) const;
  void Release(const Address& peer, PeerKind kind);

  // Constant after construction
  const size_t limit_;

  std::mutex mutex_;
  // Guarded
  size_t taken_ = 0;
  std::array<size_t, 3> taken_by_kind_{};
  std::map<PeerKey, size_t> taken_by_peer_;
};

}  // namespace ntm
