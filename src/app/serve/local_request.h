// Asks the ntm that serves on this machine, by the address it was told to
// listen on.
//
// Shape    one GET, without a proxy, an answer of at most 4 KiB.
// Threads  main thread, in place of a run.
// Errors   nobody there, or nobody who speaks HTTP: no status, and why.
#pragma once

#include <chrono>
#include <string>

namespace ntm {

struct Endpoint {
  std::string host;  // without brackets; "" is every address
  std::string port;
  // HTTPS; its certificate is not looked at: it is this machine that is asked.
  bool is_tls = false;
};

// REQUIRES: the options' parser has let `listen_address` pass.
Endpoint EndpointOf(const std::string& listen_address);

struct LocalAnswer {
  int status = 0;    // 0: no answer
  std::string text;  // the body, or why there is no answer
};

// An endpoint of every address is asked on loopback.
LocalAnswer AskLocally(const Endpoint& endpoint, const std::string& path,
                       std::chrono::milliseconds patience);

}  // namespace ntm
