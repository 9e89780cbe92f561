// The TLS settings of the HTTP server, as PEM texts instead of file names.
//
// Threads  a value type.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ntm {

// Whether a client needs a certificate; the names are those of Go's crypto/tls.
enum class ClientCertificate : uint8_t {
  kNone,              // not requested
  kRequest,           // requested; none or any certificate is accepted
  kRequireAny,        // required; any certificate is accepted
  kVerifyIfGiven,     // optional; the CA must have signed it
  kRequireAndVerify,  // required; the CA must have signed it
};

enum class TlsVersion : uint8_t { kTls12, kTls13 };

struct TlsSettings {
  std::string certificate_pem;  // including its chain
  std::string key_pem;
  std::string client_ca_pem;
  ClientCertificate client_certificate = ClientCertificate::kNone;
  // A verified client's certificate must have one of these names; empty: any.
  std::vector<std::string> client_names;
  TlsVersion min_version = TlsVersion::kTls12;
  TlsVersion max_version = TlsVersion::kTls13;
  // For TLS 1.2, by their IANA names. Empty: those with ECDHE and authenticated
  // encryption.
  std::vector<std::string> cipher_suites;
  std::vector<std::string> curves;  // OpenSSL's names

  friend bool operator==(const TlsSettings&, const TlsSettings&) = default;
};

// Throws ntm::Error if a server could not use these settings, for example if
// the key does not match the certificate.
void CheckTls(const TlsSettings& settings);

}  // namespace ntm
