#include "ntm/capture_filter.h"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "filter_error.h"
#include "ntm/byte_reader.h"
#include "ntm/error.h"

namespace ntm {
namespace {

constexpr std::array<uint16_t, 5> kTagTypes = {0x8100, 0x88a8, 0x9100, 0x9200,
                                               0x9300};
constexpr uint16_t kPppoe = 0x8864;
constexpr uint16_t kPpp = 0x880b;  // "PPP" as an Ethertype, IANA
// What the kernel lets through besides F. It says nothing about a tag that the
// kernel has taken off: F sees such a frame without it, as it should.
constexpr std::string_view kEncapsulated =
    " or ether proto 0x8864 or ether proto 0x8100 or ether proto 0x88a8"
    " or ether proto 0x9100 or ether proto 0x9200 or ether proto 0x9300";
// Memory for one frame without its tags: what a ring's frame can hold.
constexpr size_t kMaxFrameBytes = 262144;

bool IsTag(uint16_t type) noexcept {
  return std::ranges::find(kTagTypes, type) != kTagTypes.end();
}

// Where a link header keeps the Ethertype, for those that can carry tags.
std::optional<uint32_t> TypeOffset(int link_type) {
  switch (link_type) {
    case DLT_EN10MB:
      return 12;
    case DLT_LINUX_SLL:
      return 14;
    default:
      return std::nullopt;
  }
}

uint16_t EthertypeOfPpp(uint16_t ppp_protocol) noexcept {
  switch (ppp_protocol) {
    case 0x0021:
      return 0x0800;
    case 0x0057:
      return 0x86dd;
    case 0x0281:
      return 0x8847;
    case 0x0283:
      return 0x8848;
    default:
      return kPpp;  // its PPP protocol number then comes first
  }
}

bool NamesEncapsulation(const std::string& expression) {
  std::string word;
  for (size_t i = 0; i <= expression.size(); ++i) {
    const char c = i < expression.size() ? expression[i] : ' ';
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' ||
        c == '-' || c == '_') {
      word += c;
      continue;
    }
    if (word == "vlan" || word == "pppoes") return true;
    word.clear();
  }
  return false;
}

uint32_t Netmask(const std::string& interface) {
  bpf_u_int32 net = 0;
  bpf_u_int32 mask = PCAP_NETMASK_UNKNOWN;
  std::array<char, PCAP_ERRBUF_SIZE> ignored{};
  if (interface.empty() ||
      pcap_lookupnet(interface.c_str(), &net, &mask, ignored.data()) != 0) {
    return PCAP_NETMASK_UNKNOWN;
  }
  return mask;
}

[[noreturn]] void ThrowWrong(
    const std::string& expression, const std::string& message,
    const std::function<bool(const std::string&)>& compiles) {
  throw Error("cannot use the filter '" + expression + "': " + message +
              " (column " +
              std::to_string(FilterErrorColumn(expression, message, compiles)) +
              "); see pcap-filter(7) for the syntax");
}

}  // namespace

struct CaptureFilter::Program {
  Program() = default;
  ~Program() { pcap_freecode(&code); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  bool Compile(pcap_t* handle, const std::string& expression,
               uint32_t netmask) {
    return pcap_compile(handle, &code, expression.c_str(), 1, netmask) == 0;
  }

  bpf_program code{};
};

CaptureFilter::CaptureFilter(pcap* handle, const std::string& interface,
                             const std::string& expression, bool raw) {
  if (expression.empty()) {
    description_ = "none (every frame)";
    return;
  }
  const uint32_t netmask = Netmask(interface);
  const auto compiles = [handle, netmask](const std::string& text) {
    Program program;
    return program.Compile(handle, text, netmask);
  };
  if (!compiles(expression))
    ThrowWrong(expression, pcap_geterr(handle), compiles);
  const int link_type = pcap_datalink(handle);
  const std::optional<uint32_t> type_offset = TypeOffset(link_type);
  std::string for_kernel = expression;
  if (raw) {
    description_ = "as given (--raw-filter)";
  } else if (!type_offset) {
    description_ = "as given: this link type carries no tags";
  } else if (NamesEncapsulation(expression)) {
    description_ = "as given: it names vlan or pppoes itself";
  } else {
    auto second = std::make_unique<Program>();
    pcap_t* offline =
        pcap_open_dead(link_type, static_cast<int>(kMaxFrameBytes));
    const bool works = second->Compile(offline, expression, netmask);
    pcap_close(offline);
    if (works) {
      description_ = "on frames without their VLAN tags and PPPoE header";
      second_ = std::move(second);
      type_offset_ = *type_offset;
      stripped_.resize(kMaxFrameBytes);
      for_kernel = "(" + expression + ")" + std::string(kEncapsulated);
    } else {
      description_ = "as given: only the kernel can tell it";
    }
  }
  Program kernel;
  if (!kernel.Compile(handle, for_kernel, netmask) ||
      pcap_setfilter(handle, &kernel.code) != 0) {
    throw Error("cannot use the filter '" + expression + "': " +
                pcap_geterr(handle) + "; try a shorter one, or --raw-filter");
  }
  description_ = "'" + expression + "' (" + description_ + "), " +
                 std::to_string(kernel.code.bf_len) + " BPF instructions";
}

CaptureFilter::~CaptureFilter() = default;

bool CaptureFilter::MatchesWithoutTags(const Frame& frame) noexcept {
  const ByteReader bytes(frame.data, frame.captured_bytes);
  size_t payload = type_offset_ + 2;
  uint16_t type = bytes.U16(type_offset_);
  while (IsTag(type) && bytes.Has(payload, 4)) {
    type = bytes.U16(payload + 2);
    payload += 4;
  }
  if (type == kPppoe && bytes.Has(payload, 8)) {
    type = EthertypeOfPpp(bytes.U16(payload + 6));
    payload += type == kPpp ? 6 : 8;
  }
  const size_t header = type_offset_ + 2;
  const size_t removed = payload - header;
  if (removed == 0) return true;  // plain after all: the kernel has decided

  const size_t size =
      std::min<size_t>(frame.captured_bytes - removed, stripped_.size());
  std::memcpy(stripped_.data(), frame.data, type_offset_);
  stripped_[type_offset_] = static_cast<uint8_t>(type >> 8);
  stripped_[type_offset_ + 1] = static_cast<uint8_t>(type);
  std::memcpy(stripped_.data() + header, frame.data + payload, size - header);
  pcap_pkthdr pseudo{};
  pseudo.caplen = static_cast<bpf_u_int32>(size);
  pseudo.len = frame.wire_bytes - static_cast<uint32_t>(removed);
  return pcap_offline_filter(&second_->code, &pseudo, stripped_.data()) != 0;
}

void CheckFilter(const std::string& expression) {
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle(
      pcap_open_dead(DLT_EN10MB, static_cast<int>(kMaxFrameBytes)), pcap_close);
  const auto compiles = [&handle](const std::string& text) {
    bpf_program code{};
    // `ip broadcast` only needs that there is a netmask.
    const bool right =
        pcap_compile(handle.get(), &code, text.c_str(), 1, 0) == 0;
    pcap_freecode(&code);
    return right;
  };
  if (!expression.empty() && !compiles(expression)) {
    ThrowWrong(expression, pcap_geterr(handle.get()), compiles);
  }
}

}  // namespace ntm
