#include "raw_http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>

namespace ntm {
namespace {

constexpr timeval kPatience{10, 0};

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return text;
}

}  // namespace

RawHttpClient::RawHttpClient(const std::string& address)
    : fd_(socket(address.front() == '[' ? AF_INET6 : AF_INET,
                 SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof(kPatience));
  const size_t colon = address.rfind(':');
  const auto port = static_cast<uint16_t>(std::stoi(address.substr(colon + 1)));
  if (address.front() == '[') {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    inet_pton(AF_INET6, address.substr(1, colon - 2).c_str(), &v6.sin6_addr);
    connected_ =
        connect(fd_, reinterpret_cast<const sockaddr*>(&v6), sizeof(v6)) == 0;
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    inet_pton(AF_INET, address.substr(0, colon).c_str(), &v4.sin_addr);
    connected_ =
        connect(fd_, reinterpret_cast<const sockaddr*>(&v4), sizeof(v4)) == 0;
  }
}

RawHttpClient::~RawHttpClient() { close(fd_); }

bool RawHttpClient::Send(std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    text.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool RawHttpClient::Get(std::string_view path, std::string_view headers) {
  return Send("GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" +
              std::string(headers) + "\r\n");
}

std::optional<RawAnswer> RawHttpClient::ReadHead() {
  std::string line;
  if (!TakeUntil("\r\n", &line)) {
    return std::nullopt;
  }
  RawAnswer answer;
  answer.version = line.substr(0, line.find(' '));
  answer.status = std::stoi(line.substr(line.find(' ')));
  while (TakeUntil("\r\n", &line)) {
    if (line.empty()) {
      return answer;
    }
    const size_t colon = line.find(':');
    answer.headers[Lower(line.substr(0, colon))] = line.substr(colon + 2);
  }
  return std::nullopt;
}

std::optional<RawAnswer> RawHttpClient::Read() {
  auto answer = ReadHead();
  if (!answer) {
    return std::nullopt;
  }
  const auto length = answer->headers.find("content-length");
  const bool whole =
      answer->headers["transfer-encoding"] == "chunked"
          ? TakeChunks(&answer->body)
          : length == answer->headers.end() ||
                TakeBytes(std::stoul(length->second), &answer->body);
  return whole ? answer : std::nullopt;
}

std::optional<RawAnswer> RawHttpClient::ReadToEnd() {
  auto answer = ReadHead();
  if (!answer) return std::nullopt;
  errno = 0;
  while (More()) {
  }
  if (errno != 0) return std::nullopt;
  answer->body = std::move(received_);
  received_.clear();
  return answer;
}

bool RawHttpClient::Closed() {
  if (!received_.empty()) {
    return false;
  }
  char byte = 0;
  const ssize_t size = recv(fd_, &byte, 1, 0);
  return size == 0 || (size < 0 && errno == ECONNRESET);
}

bool RawHttpClient::ClosedWithin(std::chrono::milliseconds time) {
  pollfd readable{fd_, POLLIN, 0};
  return poll(&readable, 1, static_cast<int>(time.count())) > 0;
}

bool RawHttpClient::More() {
  std::array<char, 65536> buffer;
  const ssize_t size = recv(fd_, buffer.data(), buffer.size(), 0);
  if (size <= 0) {
    return false;
  }
  received_.append(buffer.data(), static_cast<size_t>(size));
  return true;
}

bool RawHttpClient::TakeUntil(std::string_view end, std::string* taken) {
  size_t at = received_.find(end);
  while (at == std::string::npos) {
    if (!More()) {
      return false;
    }
    at = received_.find(end);
  }
  *taken = received_.substr(0, at);
  received_.erase(0, at + end.size());
  return true;
}

bool RawHttpClient::TakeBytes(size_t size, std::string* taken) {
  while (received_.size() < size) {
    if (!More()) {
      return false;
    }
  }
  taken->append(received_, 0, size);
  received_.erase(0, size);
  return true;
}

bool RawHttpClient::TakeChunks(std::string* body) {
  std::string line;
  while (TakeUntil("\r\n", &line)) {
    const size_t size = std::stoul(line, nullptr, 16);
    if (!TakeBytes(size, body) || !TakeUntil("\r\n", &line)) {
      return false;
    }
    if (size == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace ntm
