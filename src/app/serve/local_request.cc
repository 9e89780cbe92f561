#include "local_request.h"

#include <curl/curl.h>

#include <memory>

namespace ntm {
namespace {

constexpr size_t kMaxAnswerBytes = 4096;

size_t Append(const char* data, size_t /*one*/, size_t size,
              std::string* text) {
  if (text->size() + size > kMaxAnswerBytes) return 0;
  text->append(data, size);
  return size;
}

std::string Authority(const Endpoint& endpoint) {
  const std::string& host = endpoint.host;
  if (host.empty() || host == "0.0.0.0") return "localhost:" + endpoint.port;
  if (host == "::") return "localhost:" + endpoint.port;
  if (host.find(':') == std::string::npos) return host + ':' + endpoint.port;
  return '[' + host + "]:" + endpoint.port;
}

}  // namespace

Endpoint EndpointOf(const std::string& listen_address) {
  const size_t colon = listen_address.rfind(':');
  std::string host = listen_address.substr(0, colon);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return {host, listen_address.substr(colon + 1), false};
}

std::string LocalUrl(const Endpoint& endpoint) {
  return (endpoint.is_tls ? "https://" : "http://") + Authority(endpoint);
}

LocalAnswer AskLocally(const Endpoint& endpoint, const std::string& path,
                       std::chrono::milliseconds patience) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(
      curl_easy_init(), curl_easy_cleanup);
  if (!handle) return {0, "no memory"};
  CURL* const curl = handle.get();
  const std::string url = LocalUrl(endpoint) + path;
  LocalAnswer answer;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(patience.count()));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.text);
  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) return {0, curl_easy_strerror(code)};
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  return answer;
}

}  // namespace ntm
