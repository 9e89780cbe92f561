#include "push_target.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "traffic_update.h"

namespace ntm::agents {
namespace {

constexpr char kUpdatePath[] = "/api/traffic/update";
constexpr size_t kLongestId = 64;

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

[[noreturn]] void Refuse(const std::string& why) {
  throw std::invalid_argument(
      why + "; it is https://HOST:PORT, where an ntm accepts agents");
}

std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  const std::string copy(text);
  curl_free(text);
  return copy;
}

// As the URL has it: an IPv6 address stands in brackets.
bool IsLoopback(std::string host) {
  constexpr char kIpv4Loopback[] = "127.";
  if (host == "localhost" || host == "[::1]") return true;
  in_addr address{};
  return host.rfind(kIpv4Loopback, 0) == 0 &&
         inet_pton(AF_INET, host.c_str(), &address) == 1;
}

}  // namespace

PushTarget ParsePushUrl(const std::string& text) {
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  if (url == nullptr) throw std::bad_alloc();
  if (text.find("://") == std::string::npos ||
      curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    Refuse("'" + text + "' is not a URL");
  }
  if (!Part(url.get(), CURLUPART_USER).empty() ||
      !Part(url.get(), CURLUPART_PASSWORD).empty()) {
    // Not repeated here: it would be in the log.
    Refuse(
        "a password does not belong into a URL, which others can see; use "
        "--push-token-file");
  }
  const std::string scheme = Part(url.get(), CURLUPART_SCHEME);
  if (scheme != "https" && scheme != "http") {
    Refuse("'" + text + "' is neither https:// nor http://");
  }
  if (!Part(url.get(), CURLUPART_QUERY).empty() ||
      !Part(url.get(), CURLUPART_FRAGMENT).empty()) {
    Refuse("'" + text + "' has a query or a fragment");
  }
  std::string path = Part(url.get(), CURLUPART_PATH);
  while (!path.empty() && path.back() == '/') path.pop_back();
  curl_url_set(url.get(), CURLUPART_PATH, (path + kUpdatePath).c_str(), 0);
  return {Part(url.get(), CURLUPART_URL), text, scheme == "https",
          IsLoopback(Part(url.get(), CURLUPART_HOST))};
}

bool MayCarryToken(const PushTarget& target) {
  return target.is_https || target.is_loopback;
}

std::string IdOfHost(const std::string& host_name) {
  std::string id = host_name.substr(0, kLongestId);
  std::ranges::replace_if(
      id, [](char c) { return !IsAgentId(std::string(1, c)); }, '-');
  return id.empty() ? "ntm" : id;
}

}  // namespace ntm::agents
