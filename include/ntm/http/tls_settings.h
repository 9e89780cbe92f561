// How the server speaks TLS: PEM texts and choices, read and checked already
// where they are from a file.
//
// Threads  a value type.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ntm {

// Whether a client shows a certificate, as Go's crypto/tls names it.
enum class ClientCertificate : uint8_t {
  kNone,              // not asked for
  kRequest,           // asked for; anything or nothing will do
  kRequireAny,        // needed; anything will do
  kVerifyIfGiven,     // if there is one, it must be the CA's
  kRequireAndVerify,  // needed, and must be the CA's
};

enum class TlsVersion : uint8_t { kTls12, kTls13 };

struct TlsSettings {
  std::string certificate_pem;  // with its chain
  std::string key_pem;
  std::string client_ca_pem;
  ClientCertificate client_certificate = ClientCertificate::kNone;
  // One of them is in a verified client's certificate; empty: any will do.
  std::vector<std::string> client_names;
  TlsVersion min_version = TlsVersion::kTls12;
  TlsVersion max_version = TlsVersion::kTls13;
  // As the IANA names them; for TLS 1.2. Empty: those with forward secrecy and
  // authenticated encryption, on elliptic curves.
  std::vector<std::string> cipher_suites;
  std::vector<std::string> curves;  // as OpenSSL names them

  friend bool operator==(const TlsSettings&, const TlsSettings&) = default;
};

// Throws what a server would that is to speak TLS so: ntm::Error for a key that
// is not the certificate's and the like.
void CheckTls(const TlsSettings& settings);

}  // namespace ntm
