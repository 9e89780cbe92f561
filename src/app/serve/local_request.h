// Sends a request to the ntm that serves on this machine.
//
// Shape    one GET, without a proxy; a response of at most 4 KiB.
// Threads  main thread, instead of a run.
// Errors   returned in LocalAnswer: status 0 and the reason.
#pragma once

#include <chrono>
#include <string>

namespace ntm {

struct Endpoint {
  std::string host;  // without brackets; "": every address
  std::string port;
  // HTTPS; the certificate is not verified, because the server is on this
  // machine.
  bool is_tls = false;
};

// REQUIRES: ParseListenAddress() accepts `listen_address`.
Endpoint EndpointOf(const std::string& listen_address);

// "http://localhost:8000": localhost if the endpoint is every address.
std::string LocalUrl(const Endpoint& endpoint);

struct LocalAnswer {
  int status = 0;    // 0: no response
  std::string text;  // the body, or why there is no response
};

LocalAnswer AskLocally(const Endpoint& endpoint, const std::string& path,
                       std::chrono::milliseconds patience);

}  // namespace ntm
