// An HTTP client that sends exactly the given bytes, even if malformed.
//
// Threads  not synchronised. Each wait ends after 10 s.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ntm {

struct RawAnswer {
  int status = 0;
  std::string version;                         // "HTTP/1.1"
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // without chunk framing
};

class RawHttpClient {
 public:
  // `address` is one of HttpServer::addresses().
  explicit RawHttpClient(const std::string& address);
  ~RawHttpClient();
  RawHttpClient(const RawHttpClient&) = delete;
  RawHttpClient& operator=(const RawHttpClient&) = delete;

  bool connected() const { return connected_; }

  // Returns false if the peer has disconnected.
  bool Send(std::string_view text);
  // "GET path HTTP/1.1" with a Host and `headers` ("Name: value\r\n" each).
  bool Get(std::string_view path, std::string_view headers = {});

  // The next response; nothing if the connection ends before its end.
  std::optional<RawAnswer> Read();
  // The response to a HEAD request, which has no body.
  std::optional<RawAnswer> ReadHead();

  // The next response whose body ends with the connection; nothing if that
  // ends with a reset.
  std::optional<RawAnswer> ReadToEnd();

  // Returns true iff the peer closes the connection without sending more data.
  bool Closed();
  // Returns true iff the peer closes or sends something within `time`.
  bool ClosedWithin(std::chrono::milliseconds time);

 private:
  bool More();
  bool TakeUntil(std::string_view end, std::string* taken);
  bool TakeBytes(size_t size, std::string* taken);
  bool TakeChunks(std::string* body);

  int fd_;
  bool connected_ = false;
  std::string received_;
};

}  // namespace ntm
