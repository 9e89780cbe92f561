#include "dns_message.h"

#include <ares.h>
#include <strings.h>

#include <algorithm>
#include <memory>

#include "ntm/base/byte_reader.h"

namespace ntm::names {
namespace {

constexpr size_t kHeaderBytes = 12;
constexpr size_t kMaxMessageBytes = 65535;
constexpr uint16_t kClassInternet = 1;
constexpr uint16_t kTypeSoa = 6;

// Reads a message sequentially, starting after its header.
class Walk {
 public:
  Walk(const uint8_t* data, size_t bytes) : reader_(data, bytes) {}

  // nullopt if there is no valid name at the current offset.
  std::optional<std::string> Name() {
    if (offset_ >= reader_.size()) return std::nullopt;
    char* expanded = nullptr;
    long used = 0;  // NOLINT(google-runtime-int): c-ares' type
    const int status =
        ares_expand_name(reader_.data() + offset_, reader_.data(),
                         static_cast<int>(reader_.size()), &expanded, &used);
    if (status != ARES_SUCCESS) return std::nullopt;
    const std::unique_ptr<char, void (*)(void*)> owned(expanded,
                                                       ares_free_string);
    offset_ += static_cast<size_t>(used);
    return std::string(owned.get());
  }

  bool Has(size_t bytes) const { return reader_.Has(offset_, bytes); }
  uint16_t U16() {
    offset_ += 2;
    return reader_.U16(offset_ - 2);
  }
  uint32_t U32() {
    offset_ += 4;
    return reader_.U32(offset_ - 4);
  }
  const uint8_t* here() const { return reader_.data() + offset_; }
  size_t offset() const { return offset_; }
  void set_offset(size_t offset) { offset_ = offset; }

 private:
  ByteReader reader_;
  size_t offset_ = kHeaderBytes;
};

// Reads the data of a record; returns false if it is of another type or
// malformed.
bool ReadContent(Walk* walk, size_t content_bytes, DnsRecord* record) {
  if (record->type == kTypeA && content_bytes == 4) {
    record->address = Address::Ipv4(walk->here());
    return true;
  }
  if (record->type == kTypeAaaa && content_bytes == 16) {
    record->address = Address::Ipv6(walk->here());
    return true;
  }
  if (record->type != kTypeCname && record->type != kTypePtr) return false;
  const size_t end = walk->offset() + content_bytes;
  auto target = walk->Name();
  if (!target || walk->offset() != end) return false;
  record->target = std::move(*target);
  return true;
}

// RFC 2308: the smaller of the SOA's own TTL and its last field.
std::optional<uint32_t> AbsenceOf(Walk* walk, size_t content_bytes,
                                  uint32_t ttl_seconds) {
  if (content_bytes < 4) return std::nullopt;
  walk->set_offset(walk->offset() + content_bytes - 4);
  return std::min(ttl_seconds, walk->U32());
}

// A record up to its data, which is whole.
struct RecordHead {
  DnsRecord record;
  uint16_t record_class = 0;
  size_t content_bytes = 0;
};

// nullopt if the message is truncated.
std::optional<RecordHead> ReadHead(Walk* walk) {
  auto owner = walk->Name();
  if (!owner || !walk->Has(10)) return std::nullopt;
  RecordHead head;
  head.record.owner = std::move(*owner);
  head.record.type = walk->U16();
  head.record_class = walk->U16();
  head.record.ttl_seconds = walk->U32();
  head.content_bytes = walk->U16();
  if (!walk->Has(head.content_bytes)) return std::nullopt;
  return head;
}

// Returns false if the message is truncated.
bool ReadRecord(Walk* walk, bool is_answer, DnsMessage* message) {
  auto head = ReadHead(walk);
  if (!head) return false;
  const size_t end = walk->offset() + head->content_bytes;
  if (head->record_class == kClassInternet && is_answer) {
    if (ReadContent(walk, head->content_bytes, &head->record)) {
      message->answers.push_back(std::move(head->record));
    }
  } else if (head->record_class == kClassInternet &&
             head->record.type == kTypeSoa) {
    message->absence_seconds =
        AbsenceOf(walk, head->content_bytes, head->record.ttl_seconds);
  }
  walk->set_offset(end);
  return true;
}

}  // namespace

std::optional<DnsMessage> ParseDnsMessage(const uint8_t* data, size_t bytes) {
  if (bytes < kHeaderBytes || bytes > kMaxMessageBytes) return std::nullopt;
  const ByteReader header(data, kHeaderBytes);
  DnsMessage message;
  message.id = header.U16(0);
  message.is_response = (header.U8(2) & 0x80) != 0;
  message.is_error = (header.U8(3) & 0x0f) != 0;
  if (header.U16(4) != 1) return std::nullopt;
  Walk walk(data, bytes);
  auto question = walk.Name();
  if (!question || !walk.Has(4)) return std::nullopt;
  message.question = std::move(*question);
  message.question_type = walk.U16();
  if (walk.U16() != kClassInternet) return std::nullopt;
  const size_t answers = header.U16(6);
  const size_t records = std::min<size_t>(answers + header.U16(8), kMaxRecords);
  for (size_t i = 0; i < records; ++i) {
    if (!ReadRecord(&walk, i < answers, &message)) break;
  }
  return message;
}

std::vector<DnsRecord> MulticastAddresses(const uint8_t* data, size_t bytes) {
  constexpr unsigned kResponseAndOpcode = 0xf8;
  constexpr unsigned kResponse = 0x80;
  constexpr unsigned kCacheFlush = 0x8000;  // RFC 6762 section 10.2
  if (bytes < kHeaderBytes || bytes > kMaxMessageBytes) return {};
  const ByteReader header(data, kHeaderBytes);
  if ((header.U8(2) & kResponseAndOpcode) != kResponse ||
      (header.U8(3) & 0x0f) != 0) {
    return {};
  }
  Walk walk(data, bytes);
  const size_t questions = std::min<size_t>(header.U16(4), kMaxRecords);
  for (size_t i = 0; i < questions; ++i) {
    if (!walk.Name() || !walk.Has(4)) return {};
    walk.set_offset(walk.offset() + 4);
  }
  const size_t records = std::min<size_t>(
      size_t{header.U16(6)} + header.U16(8) + header.U16(10), kMaxRecords);
  std::vector<DnsRecord> addresses;
  for (size_t i = 0; i < records; ++i) {
    auto head = ReadHead(&walk);
    if (!head) break;
    const size_t end = walk.offset() + head->content_bytes;
    const bool is_address =
        (head->record.type == kTypeA || head->record.type == kTypeAaaa) &&
        (head->record_class & ~kCacheFlush) == kClassInternet;
    if (is_address && ReadContent(&walk, head->content_bytes, &head->record)) {
      addresses.push_back(std::move(head->record));
    }
    walk.set_offset(end);
  }
  return addresses;
}

std::vector<DnsRecord> AnswersOf(const DnsMessage& message) {
  std::vector<std::string> owners = {message.question};
  const auto owns = [&owners](const DnsRecord& record) {
    return std::ranges::any_of(owners, [&record](const std::string& owner) {
      return IsSameName(owner, record.owner);
    });
  };
  std::vector<DnsRecord> answers;
  for (const DnsRecord& record : message.answers) {
    if (!owns(record)) continue;
    if (record.type == kTypeCname) owners.push_back(record.target);
    if (record.type == message.question_type) answers.push_back(record);
  }
  return answers;
}

bool IsSameName(const std::string& a, const std::string& b) noexcept {
  return a.size() == b.size() && strcasecmp(a.c_str(), b.c_str()) == 0;
}

std::string ReverseName(const Address& address) {
  constexpr char kHexDigits[] = "0123456789abcdef";
  std::string name;
  if (address.kind == AddressKind::kIpv4) {
    for (int i = 3; i >= 0; --i) {
      name += std::to_string(address.bytes[static_cast<size_t>(i)]) + ".";
    }
    return name + "in-addr.arpa";
  }
  for (auto byte = address.bytes.rbegin(); byte != address.bytes.rend();
       ++byte) {
    name += kHexDigits[*byte & 0xf];
    name += '.';
    name += kHexDigits[*byte >> 4];
    name += '.';
  }
  return name + "ip6.arpa";
}

}  // namespace ntm::names
