// Makes OpenSSL's SSL_CTX from a server's TLS settings. Only for the HTTP
// server, because it includes Boost.Asio.
//
// Shape    no sessions are resumed: a client's certificate is verified on every
//          connection, by the current settings.
// Threads  any; the result may be shared.
// Errors   ntm::Error that names the setting that cannot be used.
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
