#include "live_client.h"

#include <curl/curl.h>

#include <array>
#include <utility>
#include <vector>

#include "ntm/base/build_info.h"
#include "ntm/base/error.h"

namespace ntm::top {
namespace {

constexpr long kConnectMs = 3000;
constexpr long kTotalMs = 5000;
constexpr size_t kMostBytes = size_t{16} * 1024 * 1024;
constexpr std::chrono::milliseconds kPatience{1000};

size_t Append(const char* data, size_t /*one*/, size_t size, void* body) {
  auto* text = static_cast<std::string*>(body);
  if (text->size() + size > kMostBytes) return 0;
  text->append(data, size);
  return size;
}

}  // namespace

struct LiveClient::Handles {
  CURLM* multi = nullptr;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  std::array<char, CURL_ERROR_SIZE> error{};

  Handles() {
    static const CURLcode begun = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (begun == CURLE_OK) {
      multi = curl_multi_init();
      easy = curl_easy_init();
    }
  }
  ~Handles() {
    if (multi != nullptr && easy != nullptr) {
      curl_multi_remove_handle(multi, easy);
    }
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
  }
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
};

LiveClient::LiveClient(LiveServer server)
    : server_(std::move(server)), handles_(std::make_unique<Handles>()) {
  CURL* const easy = handles_->easy;
  if (easy == nullptr || handles_->multi == nullptr) {
    throw Error("libcurl cannot be initialised; check the free memory");
  }
  if (!server_.token.empty()) {
    handles_->headers = curl_slist_append(
        nullptr, ("Authorization: Bearer " + server_.token).c_str());
  }
  const bool is_https = server_.url.starts_with("https:");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, handles_->headers);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, is_https ? "https" : "http");
  if (!is_https) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, server_.verifies ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, server_.verifies ? 2L : 0L);
  if (!server_.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, server_.ca_file.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, kTotalMs);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT,
                   (std::string("ntm-top/") + kVersion).c_str());
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, handles_->error.data());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Append);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, static_cast<void*>(&answer_.body));
}

LiveClient::~LiveClient() = default;

void LiveClient::Ask(const std::string& path) {
  answer_ = {};
  handles_->error.front() = '\0';
  curl_easy_setopt(handles_->easy, CURLOPT_URL, (server_.url + path).c_str());
  curl_multi_add_handle(handles_->multi, handles_->easy);
  is_asking_ = true;
}

std::optional<LiveAnswer> LiveClient::Wait(std::chrono::milliseconds longest,
                                           std::span<const int> readable) {
  int running = 0;
  curl_multi_perform(handles_->multi, &running);
  if (!is_asking_ || running > 0) {
    std::vector<curl_waitfd> others;
    for (const int descriptor : readable) {
      others.push_back({descriptor, CURL_WAIT_POLLIN, 0});
    }
    curl_multi_poll(handles_->multi, others.data(),
                    static_cast<unsigned>(others.size()),
                    static_cast<int>(longest.count()), nullptr);
    curl_multi_perform(handles_->multi, &running);
  }
  int left = 0;
  const CURLMsg* const message = curl_multi_info_read(handles_->multi, &left);
  if (message == nullptr || message->msg != CURLMSG_DONE) return std::nullopt;
  const CURLcode code = message->data.result;
  curl_multi_remove_handle(handles_->multi, handles_->easy);
  is_asking_ = false;
  if (code != CURLE_OK) {
    answer_.status = 0;
    answer_.body = handles_->error.front() != '\0' ? handles_->error.data()
                                                   : curl_easy_strerror(code);
    return std::move(answer_);
  }
  long status = 0;
  curl_easy_getinfo(handles_->easy, CURLINFO_RESPONSE_CODE, &status);
  answer_.status = static_cast<int>(status);
  return std::move(answer_);
}

LiveAnswer LiveClient::Get(const std::string& path) {
  Ask(path);
  while (true) {
    if (auto answer = Wait(kPatience, {})) return *std::move(answer);
  }
}

}  // namespace ntm::top
