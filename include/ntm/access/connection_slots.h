// Who may have how many of the server's connections.
//
// Shape    of `limit` seats one peer (peer.h) has at most an eighth, this
//          machine half, where all its proxies and scrapers are one; but 16 if
//          there are so many. An eighth of the seats is kept for this machine
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

#include "ntm/address.h"

namespace ntm {

enum class PeerKind : uint8_t { kThisMachine, kLocal, kOther };

class ConnectionSeats;

// A place among the connections, given back when it is destroyed.
class ConnectionSeat {
 public:
  ConnectionSeat(ConnectionSeat&& other) noexcept
      : seats_(std::exchange(other.seats_, nullptr)),
        peer_(other.peer_),
        kind_(other.kind_) {}
  ConnectionSeat& operator=(ConnectionSeat&&) = delete;
  ~ConnectionSeat();

 private:
  friend ConnectionSeats;
  ConnectionSeat(ConnectionSeats* seats, const Address& peer, PeerKind kind)
      : seats_(seats), peer_(peer), kind_(kind) {}

  ConnectionSeats* seats_;
  Address peer_;
  PeerKind kind_;
};

class ConnectionSeats {
 public:
  explicit ConnectionSeats(size_t limit);

  size_t limit() const { return limit_; }

  // Nothing if the peer has its share, or what is left is kept for others. This
  // must outlive the seat. `peer` as OnePeer() says it.
  std::optional<ConnectionSeat> Take(const Address& peer, PeerKind kind);

 private:
  friend ConnectionSeat;
  using PeerKey = std::pair<AddressKind, std::array<uint8_t, 16>>;

  size_t ShareOf(PeerKind kind) const;
  // Seats that are empty, but kept for others than `kind`.
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
