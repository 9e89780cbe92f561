// Serves one WebSocket connection: upgrades it, writes what its channel says,
// reads what the client says and answers pings and closing. Only for
// http_session.cc: it includes Beast.
//
// Limits   a message of the client 4 KiB (closed with 1009); a client that
//          does not answer a ping within idle_timeout is disconnected.
// Threads  a coroutine on the connection's strand.
// Errors   none leave it.
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
  UpgradeRequest upgrade;  // websocket::is_upgrade() approves of it
  std::shared_ptr<Channel> channel;
  ConnectionSlot connection_seat;
  RequestPermit websocket_seat;
};

// Returns at once; the connection goes on by itself.
void ServeChannel(ChannelConnection connection,
                  const HttpServerOptions& options);

}  // namespace ntm
