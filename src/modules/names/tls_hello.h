// Finds the server name in a ClientHello: the name by which a client calls the
// server, before anything is encrypted.
//
// Shape    bytes may be the beginning of what there is: a name is found as soon
//          as its extension is complete. Of several names the first host_name
//          counts. With Encrypted Client Hello the outer name is found, which
//          is the provider's and not the site's.
// Units    bytes.
// Threads  pure functions.
// Errors   none thrown; whatever the bytes are, nothing beyond them is read.
//          The name is not checked (see name_rules.h).
// Source   RFC 8446 §4.1.2, 4.2, 5.1 (ClientHello, extensions, records); RFC
//          6066 §3 (server_name); RFC 5246 (the same layout in TLS 1.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ntm::names {

enum class HelloState : uint8_t {
  kIncomplete,  // more bytes are needed
  kNamed,
  kNoName,   // a ClientHello without a server name
  kNoHello,  // anything else, or lengths that contradict each other
};

struct ClientHello {
  HelloState state = HelloState::kIncomplete;
  std::string name;  // as sent; "" unless kNamed
};

// Of a handshake message, from its type on.
ClientHello ReadClientHello(std::span<const uint8_t> message);

// Of a TCP stream, from its first record on. The message may be divided into
// several records.
ClientHello ReadClientHelloRecords(std::span<const uint8_t> stream);

// Returns true iff a ServerHello begins here, at the start of a record.
bool BeginsServerHello(std::span<const uint8_t> stream) noexcept;

}  // namespace ntm::names
