// Sends POST requests to one URL over a persistent connection.
//
// Shape    TLS certificates and host names are verified. Redirects are not
//          followed, so that a token is never sent elsewhere. Plain HTTP uses
//          no proxy. The response body is ignored.
// Threads  one thread at a time; Stop() from any thread.
// Errors   the constructor throws ntm::Error if libcurl cannot be used. Post()
//          returns its errors in PostResult.
// Source   libcurl-easy(3).
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "ntm/http/http_target.h"

namespace ntm {

struct PostResult {
  enum class Kind {
    kAnswered,
    kUnreachable,
    kTimedOut,
    kUntrusted,  // TLS: the server's certificate is not accepted
    kStopped,
  };
  Kind kind = Kind::kUnreachable;
  int status = 0;    // of the response, if kAnswered
  std::string what;  // the error, otherwise
};

class HttpPost {
 public:
  // `token` may be ""; with `ca_file` "" the system's CAs are trusted.
  HttpPost(const HttpTarget& target, const std::string& token,
           const std::string& ca_file,
           const std::string& content_type = "application/json");
  ~HttpPost();
  HttpPost(const HttpPost&) = delete;
  HttpPost& operator=(const HttpPost&) = delete;

  // Takes at most 5 s to connect and 10 s in total.
  PostResult Post(const std::string& body);

  // Aborts a running Post() within a second; later calls return at once.
  void Stop() { stopped_.store(true); }

 private:
  struct Handle;

  std::atomic<bool> stopped_ = false;
  std::unique_ptr<Handle> handle_;
};

}  // namespace ntm
