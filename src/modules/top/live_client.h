// Asks a running ntm over HTTP, one GET at a time, while the terminal is
// watched.
//
// Shape    one connection that is kept; no proxy for plain HTTP, no redirects,
// so
//          that the token goes nowhere else; an answer of at most 16 MiB.
//          Certificates are verified, except those of an ntm on this machine.
// Threads  one thread.
// Errors   the constructor throws ntm::Error; what fails later is in
// LiveAnswer. Source   libcurl-multi(3).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace ntm::top {

struct LiveServer {
  std::string url;  // without a slash at its end
  std::string token;
  std::string ca_file;   // "": the system's
  bool verifies = true;  // its certificate
};

struct LiveAnswer {
  int status = 0;    // 0: none
  std::string body;  // or, without an answer, why there is none
};

class LiveClient {
 public:
  explicit LiveClient(LiveServer server);
  ~LiveClient();
  LiveClient(const LiveClient&) = delete;
  LiveClient& operator=(const LiveClient&) = delete;

  const LiveServer& server() const { return server_; }

  // REQUIRES: !is_asking().
  void Ask(const std::string& path);
  bool is_asking() const { return is_asking_; }

  // Waits until the answer is there, one of the descriptors can be read, or
  // this time has passed. Returns the answer if there is one.
  std::optional<LiveAnswer> Wait(std::chrono::milliseconds longest,
                                 std::span<const int> readable);

  // Ask() and Wait() for it.
  LiveAnswer Get(const std::string& path);

 private:
  struct Handles;

  const LiveServer server_;
  std::unique_ptr<Handles> handles_;
  bool is_asking_ = false;
  LiveAnswer answer_;
};

}  // namespace ntm::top
