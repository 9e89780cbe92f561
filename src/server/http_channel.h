// Serves one WebSocket connection: upgrades it, sends its channel's messages,
// ignores the client's messages, and answers pings and close frames. Only for
// http_session.cc, because it includes Beast.
//
// Limits   a message from the client has at most 4 KiB (else close code 1009);
//          a client that does not answer a ping within idle_timeout is
//          disconnected.
// Threads  coroutines on the connection's strand.
// Errors   none thrown.
// Source   RFC 6455 sections 4.2 (upgrade), 5.5 (control frames), 7.4 (codes).
#pragma once

// clang-format off
#include "asio.h"
// clang-format on

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>

#include "http_stream.h"
#include "ntm/access/connection_slots.h"
#include "ntm/access/request_permit.h"
#include "ntm/http/channel.h"
#include "ntm/server/http_server.h"

namespace ntm {

using UpgradeRequest =
    boost::beast::http::request<boost::beast::http::string_body>;

struct ChannelConnection {
  HttpStream stream;
  UpgradeRequest upgrade;  // websocket::is_upgrade() is true for it
  std::shared_ptr<Channel> channel;
  ConnectionSlot connection_slot;
  RequestPermit websocket_permit;
};

// Returns at once; the connection is served asynchronously.
void ServeChannel(ChannelConnection connection,
                  const HttpServerOptions& options);

}  // namespace ntm
