// POSTs to one URL over a connection that is kept.
//
// Shape    TLS certificates are verified, for the host's name too; redirections
//          are not followed, so that a token goes nowhere else; over plain http
//          no proxy is used. An answer's body is not looked at.
// Threads  one user at a time; Stop() from any.
// Errors   the constructor throws ntm::Error if libcurl cannot work. Post()
//          tells its faults.
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
    kUntrusted,  // TLS: the other end is not who it should be
    kStopped,
  };
  Kind kind = Kind::kUnreachable;
  int status = 0;    // iff kAnswered
  std::string what;  // iff not
};

class HttpPost {
 public:
  // `token` may be "", `ca_file` as well: then the system's.
  HttpPost(const HttpTarget& target, const std::string& token,
           const std::string& ca_file,
           const std::string& content_type = "application/json");
  ~HttpPost();
  HttpPost(const HttpPost&) = delete;
  HttpPost& operator=(const HttpPost&) = delete;

  // Waits for connecting at most 5 s, for all at most 10 s.
  PostResult Post(const std::string& body);

  // Ends a Post() that is under way within a second, and all that follow.
  void Stop() { stopped_.store(true); }

 private:
  struct Handle;

  std::atomic<bool> stopped_ = false;
  std::unique_ptr<Handle> handle_;
};

}  // namespace ntm
