// Makes OpenSSL's context of a server's TLS settings. Only for the HTTP
// server: it includes Boost.Asio.
//
// Shape    no session is resumed: a client's certificate is looked at anew on
//          each connection, by the settings of then.
// Threads  any; what it returns may be shared.
// Errors   ntm::Error saying what of the settings cannot be used.
// Source   SSL_CTX_new(3), SSL_CTX_set_verify(3), RFC 8446, RFC 9525 (names).
#pragma once

// clang-format off
#include "asio.h"
// clang-format on

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "ntm/http/tls_settings.h"

namespace ntm {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

TlsContext MakeTlsContext(const TlsSettings& settings);

}  // namespace ntm
