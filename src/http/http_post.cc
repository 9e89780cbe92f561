#include "ntm/http/http_post.h"

#include <curl/curl.h>

#include <array>
#include <cstddef>

#include "ntm/base/build_info.h"
#include "ntm/base/error.h"

namespace ntm {
namespace {

constexpr long kConnectSeconds = 5;
constexpr long kTotalSeconds = 10;

size_t Discard(const char* /*data*/, size_t size, size_t count,
               void* /*user*/) {
  return size * count;
}

int Continue(void* stopped, curl_off_t /*down_total*/, curl_off_t /*down*/,
             curl_off_t /*up_total*/, curl_off_t /*up*/) {
  return static_cast<std::atomic<bool>*>(stopped)->load() ? 1 : 0;
}

PostResult::Kind KindOf(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return PostResult::Kind::kTimedOut;
    case CURLE_ABORTED_BY_CALLBACK:
      return PostResult::Kind::kStopped;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CERTPROBLEM:
      return PostResult::Kind::kUntrusted;
    default:
      return PostResult::Kind::kUnreachable;
  }
}

// curl_global_init() must be called once.
CURL* Begin() {
  static const CURLcode begun = curl_global_init(CURL_GLOBAL_DEFAULT);
  return begun == CURLE_OK ? curl_easy_init() : nullptr;
}

}  // namespace

struct HttpPost::Handle {
  CURL* curl = Begin();
  curl_slist* headers = nullptr;
  std::array<char, CURL_ERROR_SIZE> error{};

  Handle() = default;
  ~Handle() {
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  template <typename Value>
  void Set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(curl, option, value);
    if (code != CURLE_OK) {
      throw Error(std::string("libcurl rejects an option: ") +
                  curl_easy_strerror(code) +
                  "; ntm needs libcurl 7.85 or newer, with TLS");
    }
  }

  void AddHeader(const std::string& line) {
    curl_slist* longer = curl_slist_append(headers, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    headers = longer;
  }
};

HttpPost::HttpPost(const HttpTarget& target, const std::string& token,
                   const std::string& ca_file, const std::string& content_type)
    : handle_(std::make_unique<Handle>()) {
  if (handle_->curl == nullptr) {
    throw Error("libcurl cannot be initialised; check the free memory");
  }
  Handle& handle = *handle_;
  handle.AddHeader("Content-Type: " + content_type);
  // Without this libcurl would wait for "100 Continue" before it sends the
  // body.
  handle.AddHeader("Expect:");
  if (!token.empty()) handle.AddHeader("Authorization: Bearer " + token);
  handle.Set(CURLOPT_HTTPHEADER, handle.headers);
  handle.Set(CURLOPT_URL, target.url.c_str());
  handle.Set(CURLOPT_PROTOCOLS_STR, target.is_https ? "https" : "http");
  if (!target.is_https) handle.Set(CURLOPT_PROXY, "");
  handle.Set(CURLOPT_FOLLOWLOCATION, 0L);
  handle.Set(CURLOPT_SSL_VERIFYPEER, 1L);
  handle.Set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!ca_file.empty()) handle.Set(CURLOPT_CAINFO, ca_file.c_str());
  handle.Set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  handle.Set(CURLOPT_TIMEOUT, kTotalSeconds);
  handle.Set(CURLOPT_NOSIGNAL, 1L);
  handle.Set(CURLOPT_TCP_KEEPALIVE, 1L);
  handle.Set(CURLOPT_USERAGENT, (std::string("ntm/") + kVersion).c_str());
  handle.Set(CURLOPT_ERRORBUFFER, handle.error.data());
  handle.Set(CURLOPT_WRITEFUNCTION, &Discard);
  handle.Set(CURLOPT_NOPROGRESS, 0L);
  handle.Set(CURLOPT_XFERINFOFUNCTION, &Continue);
  handle.Set(CURLOPT_XFERINFODATA, static_cast<void*>(&stopped_));
}

HttpPost::~HttpPost() = default;

PostResult HttpPost::Post(const std::string& body) {
  if (stopped_.load()) return {PostResult::Kind::kStopped, 0, "stopped"};
  Handle& handle = *handle_;
  handle.Set(CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  handle.Set(CURLOPT_POSTFIELDS, body.c_str());
  handle.error.front() = '\0';
  const CURLcode code = curl_easy_perform(handle.curl);
  if (code != CURLE_OK) {
    const char* what = handle.error.front() != '\0' ? handle.error.data()
                                                    : curl_easy_strerror(code);
    return {KindOf(code), 0, what};
  }
  long status = 0;
  curl_easy_getinfo(handle.curl, CURLINFO_RESPONSE_CODE, &status);
  return {PostResult::Kind::kAnswered, static_cast<int>(status), ""};
}

}  // namespace ntm
