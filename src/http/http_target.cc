#include "ntm/http/http_target.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <memory>
#include <new>
#include <stdexcept>

namespace ntm {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

std::string Part(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return "";
  const std::string copy(text);
  curl_free(text);
  return copy;
}

// `host` is a URL's host: an IPv6 address has brackets.
bool IsLoopback(const std::string& host) {
  constexpr char kIpv4Loopback[] = "127.";
  if (host == "localhost" || host == "[::1]") return true;
  in_addr address{};
  return host.rfind(kIpv4Loopback, 0) == 0 &&
         inet_pton(AF_INET, host.c_str(), &address) == 1;
}

// `shown` replaces the text in messages.
Url Parse(const std::string& text, const std::string& shown) {
  Url url(curl_url());
  if (url == nullptr) throw std::bad_alloc();
  if (text.find("://") == std::string::npos ||
      curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    throw std::invalid_argument(shown + " is not a URL");
  }
  if (!Part(url, CURLUPART_USER).empty() ||
      !Part(url, CURLUPART_PASSWORD).empty()) {
    // The message must not repeat the URL: it goes into the log.
    throw std::invalid_argument(
        "a URL must not contain a user or a password; others can see it");
  }
  if (Part(url, CURLUPART_PORT) == "0") {
    throw std::invalid_argument(shown +
                                " has port 0, on which no server can listen");
  }
  const std::string scheme = Part(url, CURLUPART_SCHEME);
  if (scheme != "https" && scheme != "http") {
    throw std::invalid_argument(shown + " is neither https:// nor http://");
  }
  return url;
}

HttpTarget TargetOf(const Url& url) {
  HttpTarget target;
  target.url = Part(url, CURLUPART_URL);
  target.origin =
      Part(url, CURLUPART_SCHEME) + "://" + Part(url, CURLUPART_HOST);
  const std::string port = Part(url, CURLUPART_PORT);
  if (!port.empty()) target.origin += ":" + port;
  target.is_https = Part(url, CURLUPART_SCHEME) == "https";
  target.is_loopback = IsLoopback(Part(url, CURLUPART_HOST));
  return target;
}

}  // namespace

HttpTarget ParseHttpUrl(const std::string& text, const std::string& path) {
  const Url url = Parse(text, "'" + text + "'");
  if (!Part(url, CURLUPART_QUERY).empty() ||
      !Part(url, CURLUPART_FRAGMENT).empty()) {
    throw std::invalid_argument("'" + text +
                                "' must have no query and no fragment");
  }
  std::string before = Part(url, CURLUPART_PATH);
  while (!before.empty() && before.back() == '/') before.pop_back();
  curl_url_set(url.get(), CURLUPART_PATH, (before + path).c_str(), 0);
  HttpTarget target = TargetOf(url);
  target.shown = text;
  return target;
}

HttpTarget ParseSecretUrl(const std::string& text) {
  HttpTarget target = TargetOf(Parse(text, "the value"));
  target.shown = target.origin;
  return target;
}

bool MayCarryToken(const HttpTarget& target) {
  return target.is_https || target.is_loopback;
}

}  // namespace ntm
