#include "tls_hello.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "ntm/base/byte_reader.h"

namespace ntm::names {
namespace {

constexpr uint8_t kHandshakeRecord = 22;
constexpr uint8_t kMajorVersion = 3;
constexpr uint8_t kClientHello = 1;
constexpr uint8_t kServerHello = 2;
constexpr uint16_t kServerNameExtension = 0;
constexpr uint8_t kHostNameType = 0;

constexpr size_t kRecordHeaderBytes = 5;
constexpr size_t kMaxRecordBytes = 1 << 14;
constexpr size_t kMessageHeaderBytes = 4;
constexpr size_t kVersionAndRandomBytes = 2 + 32;
constexpr size_t kExtensionHeaderBytes = 4;

// Walks through the fields of a message of which the beginning is there. All
// lengths are within `end`, the end of the surrounding field.
class HelloWalk {
 public:
  HelloWalk(std::span<const uint8_t> bytes, size_t at, size_t end)
      : bytes_(bytes.data(), bytes.size()), at_(at), end_(end) {}

  size_t at() const noexcept { return at_; }
  size_t end() const noexcept { return end_; }
  bool is_at_end() const noexcept { return at_ == end_; }
  HelloState fault() const noexcept { return fault_; }

  bool Skip(size_t count) noexcept {
    if (count > end_ - at_) return Fail(HelloState::kNoHello);
    at_ += count;
    return true;
  }

  std::optional<size_t> Number(size_t number_bytes) noexcept {
    const size_t begin = at_;
    if (!Skip(number_bytes)) return std::nullopt;
    if (!bytes_.Has(begin, number_bytes)) {
      Fail(HelloState::kIncomplete);
      return std::nullopt;
    }
    return number_bytes == 1 ? bytes_.U8(begin) : bytes_.U16(begin);
  }

  // A field that begins with its length.
  bool SkipVector(size_t number_bytes) noexcept {
    const auto length = Number(number_bytes);
    return length && Skip(*length);
  }

  // The content of the field that begins here, which it must not leave.
  std::optional<HelloWalk> Enter(size_t field_bytes) noexcept {
    const size_t begin = at_;
    if (!Skip(field_bytes)) return std::nullopt;
    HelloWalk inner = *this;
    inner.at_ = begin;
    inner.end_ = at_;
    return inner;
  }

 private:
  bool Fail(HelloState fault) noexcept {
    fault_ = fault;
    return false;
  }

  ByteReader bytes_;
  size_t at_;
  size_t end_;
  HelloState fault_ = HelloState::kNoHello;
};

// The content of a server_name extension.
ClientHello ReadServerName(std::span<const uint8_t> bytes,
                           HelloWalk extension) {
  const auto list_bytes = extension.Number(2);
  if (!list_bytes) return {extension.fault(), {}};
  auto list = extension.Enter(*list_bytes);
  if (!list) return {extension.fault(), {}};
  while (!list->is_at_end()) {
    const auto type = list->Number(1);
    if (!type) return {list->fault(), {}};
    const auto name_bytes = list->Number(2);
    if (!name_bytes) return {list->fault(), {}};
    const size_t begin = list->at();
    if (!list->Skip(*name_bytes)) return {list->fault(), {}};
    if (*type != kHostNameType) continue;
    if (list->at() > bytes.size()) return {HelloState::kIncomplete, {}};
    const auto name = bytes.subspan(begin, *name_bytes);
    return {HelloState::kNamed, std::string(name.begin(), name.end())};
  }
  return {HelloState::kNoName, {}};
}

ClientHello ReadExtensions(std::span<const uint8_t> bytes,
                           HelloWalk extensions) {
  while (!extensions.is_at_end()) {
    const auto type = extensions.Number(2);
    if (!type) return {extensions.fault(), {}};
    const auto extension_bytes = extensions.Number(2);
    if (!extension_bytes) return {extensions.fault(), {}};
    const auto extension = extensions.Enter(*extension_bytes);
    if (!extension) return {extensions.fault(), {}};
    if (*type == kServerNameExtension) return ReadServerName(bytes, *extension);
  }
  return {HelloState::kNoName, {}};
}

}  // namespace

ClientHello ReadClientHello(std::span<const uint8_t> message) {
  if (message.empty()) return {};
  if (message[0] != kClientHello) return {HelloState::kNoHello, {}};
  if (message.size() < kMessageHeaderBytes) return {};
  const size_t length =
      size_t{message[1]} << 16 | size_t{message[2]} << 8 | size_t{message[3]};
  HelloWalk hello(message, kMessageHeaderBytes, kMessageHeaderBytes + length);
  const bool is_whole_so_far = hello.Skip(kVersionAndRandomBytes) &&
                               hello.SkipVector(1) &&  // session id
                               hello.SkipVector(2) &&  // cipher suites
                               hello.SkipVector(1);    // compression methods
  if (!is_whole_so_far) return {hello.fault(), {}};
  // TLS 1.2 and earlier may have no extensions.
  if (hello.is_at_end()) return {HelloState::kNoName, {}};
  const auto extensions_bytes = hello.Number(2);
  if (!extensions_bytes) return {hello.fault(), {}};
  const auto extensions = hello.Enter(*extensions_bytes);
  if (!extensions) return {hello.fault(), {}};
  return ReadExtensions(message, *extensions);
}

ClientHello ReadClientHelloRecords(std::span<const uint8_t> stream) {
  const ByteReader bytes(stream.data(), stream.size());
  std::vector<uint8_t> message;
  for (size_t at = 0; at < stream.size();) {
    if (bytes.U8(at) != kHandshakeRecord) return {HelloState::kNoHello, {}};
    if (!bytes.Has(at, kRecordHeaderBytes)) break;
    const size_t length = bytes.U16(at + 3);
    if (bytes.U8(at + 1) != kMajorVersion || length == 0 ||
        length > kMaxRecordBytes) {
      return {HelloState::kNoHello, {}};
    }
    at += kRecordHeaderBytes;
    const auto content =
        stream.subspan(at, std::min(length, stream.size() - at));
    message.insert(message.end(), content.begin(), content.end());
    ClientHello hello = ReadClientHello(message);
    if (hello.state != HelloState::kIncomplete) return hello;
    at += length;
  }
  return {};
}

bool BeginsServerHello(std::span<const uint8_t> stream) noexcept {
  return stream.size() > kRecordHeaderBytes && stream[0] == kHandshakeRecord &&
         stream[1] == kMajorVersion &&
         stream[kRecordHeaderBytes] == kServerHello;
}

}  // namespace ntm::names
