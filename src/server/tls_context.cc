#include "tls_context.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/verify_context.hpp>
#include <string>
#include <utility>
#include <vector>

#include "ntm/base/error.h"

namespace ntm {
namespace {

namespace ssl = boost::asio::ssl;

boost::asio::const_buffer Buffer(const std::string& text) {
  return boost::asio::buffer(text);
}

void Check(const boost::system::error_code& error, const std::string& what) {
  if (error) throw Error(fmt::format("TLS: {}: {}", what, error.message()));
}

int VersionOf(TlsVersion version) {
  return version == TlsVersion::kTls12 ? TLS1_2_VERSION : TLS1_3_VERSION;
}

// Forward secrecy and authenticated encryption only: no RSA key exchange, no
// CBC.
constexpr char kUsualCiphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK";

// Converts IANA names to OpenSSL's.
std::string OpenSslNames(const std::vector<std::string>& suites,
                         SSL_CTX* context) {
  std::string names;
  const STACK_OF(SSL_CIPHER)* all = SSL_CTX_get_ciphers(context);
  for (const std::string& suite : suites) {
    const char* own = nullptr;
    for (int i = 0; i < sk_SSL_CIPHER_num(all); ++i) {
      const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(all, i);
      const char* standard = SSL_CIPHER_standard_name(cipher);
      if (standard != nullptr && suite == standard) {
        own = SSL_CIPHER_get_name(cipher);
      }
    }
    if (own == nullptr) {
      throw Error("TLS: cipher suite '" + suite + "' is unknown or unsafe");
    }
    // OpenSSL chooses those of TLS 1.3.
    if (suite.find("_WITH_") == std::string::npos) continue;
    names += (names.empty() ? "" : ":") + std::string(own);
  }
  return names;
}

void SetVersions(const TlsSettings& settings, SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, VersionOf(settings.min_version));
  SSL_CTX_set_max_proto_version(context, VersionOf(settings.max_version));
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                   SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  std::string ciphers = OpenSslNames(settings.cipher_suites, context);
  if (ciphers.empty()) ciphers = kUsualCiphers;
  if (SSL_CTX_set_cipher_list(context, ciphers.c_str()) != 1) {
    throw Error("TLS: the cipher suites cannot be used");
  }
  std::string curves;
  for (const std::string& curve : settings.curves) {
    curves += (curves.empty() ? "" : ":") + curve;
  }
  if (!curves.empty() &&
      SSL_CTX_set1_groups_list(context, curves.c_str()) != 1) {
    throw Error("TLS: the curves cannot be used");
  }
}

bool HasOneOf(const std::vector<std::string>& names, X509* certificate) {
  return std::ranges::any_of(names, [certificate](const std::string& name) {
    return X509_check_host(certificate, name.data(), name.size(),
                           X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1 ||
           X509_check_ip_asc(certificate, name.c_str(), 0) == 1 ||
           X509_check_email(certificate, name.data(), name.size(), 0) == 1;
  });
}

void SetClientRules(const TlsSettings& settings, ssl::context* context) {
  boost::system::error_code error;
  if (!settings.client_ca_pem.empty()) {
    context->add_certificate_authority(Buffer(settings.client_ca_pem), error);
    Check(error, "the client CA cannot be read");
  }
  ssl::verify_mode mode = ssl::verify_none;
  bool verifies = false;
  switch (settings.client_certificate) {
    case ClientCertificate::kNone:
      break;
    case ClientCertificate::kRequest:
      mode = ssl::verify_peer;
      break;
    case ClientCertificate::kRequireAny:
      mode = ssl::verify_peer | ssl::verify_fail_if_no_peer_cert;
      break;
    case ClientCertificate::kVerifyIfGiven:
      mode = ssl::verify_peer;
      verifies = true;
      break;
    case ClientCertificate::kRequireAndVerify:
      mode = ssl::verify_peer | ssl::verify_fail_if_no_peer_cert;
      verifies = true;
      break;
  }
  context->set_verify_mode(mode);
  if (mode == ssl::verify_none) return;
  context->set_verify_callback(
      [verifies, names = settings.client_names](bool is_verified,
                                                ssl::verify_context& asked) {
        if (!verifies) return true;
        if (!is_verified) return false;
        X509_STORE_CTX* store = asked.native_handle();
        if (names.empty() || X509_STORE_CTX_get_error_depth(store) != 0) {
          return true;
        }
        return HasOneOf(names, X509_STORE_CTX_get_current_cert(store));
      });
}

}  // namespace

TlsContext MakeTlsContext(const TlsSettings& settings) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SetVersions(settings, context->native_handle());
  boost::system::error_code error;
  // An encrypted key must fail instead of asking for a password.
  context->set_password_callback(
      [](size_t, ssl::context::password_purpose) { return std::string(); });
  context->use_certificate_chain(Buffer(settings.certificate_pem), error);
  Check(error, "the certificate cannot be read");
  context->use_private_key(Buffer(settings.key_pem), ssl::context::pem, error);
  Check(error, "the key cannot be read, or does not match the certificate");
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
    throw Error("TLS: the key does not match the certificate");
  }
  SetClientRules(settings, context.get());
  return context;
}

void CheckTls(const TlsSettings& settings) { MakeTlsContext(settings); }

}  // namespace ntm
