// Decrypts the Initial packets of a QUIC client. Their keys protect against
// accidents only: whoever sees the first packet can derive them from the
// connection id in it.
//
// Threads  InitialOpener: one user at a time. InitialKeys: a plain value.
// Errors   InitialOpener's constructor throws ntm::Error if libcrypto lacks an
//          algorithm; nullopt for a packet that was not encrypted with these
//          keys.
// Source   RFC 9001 §5.2–5.4, 5.8; RFC 9369 §3.3; RFC 5869 (HKDF) and RFC 8446
//          §7.1 (HKDF-Expand-Label), by libcrypto.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "quic_packet.h"

namespace ntm::names {

struct InitialKeys {
  std::array<uint8_t, 16> key{};
  std::array<uint8_t, 12> iv{};
  std::array<uint8_t, 16> header_key{};

  friend bool operator==(const InitialKeys&, const InitialKeys&) = default;
};

class InitialOpener {
 public:
  InitialOpener();
  ~InitialOpener();
  InitialOpener(const InitialOpener&) = delete;
  InitialOpener& operator=(const InitialOpener&) = delete;

  // Of the client whose first Initial packet, or whose first one after a Retry,
  // went to this connection id. nullopt if libcrypto fails.
  std::optional<InitialKeys> KeysOf(QuicVersion version, Span destination_id);

  // The frames of an Initial packet. REQUIRES: its type is kInitial.
  std::optional<std::vector<uint8_t>> Open(const QuicPacket& packet,
                                           const InitialKeys& keys);

 private:
  struct Crypto;
  std::unique_ptr<Crypto> crypto_;
};

}  // namespace ntm::names
