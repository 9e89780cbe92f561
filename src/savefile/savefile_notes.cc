#include <fmt/format.h>

#include <algorithm>

#include "block_reader.h"
#include "byte_window.h"

namespace ntm {

uint16_t SavefileNotes::IndexOf(const std::string& name) {
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) {
    return static_cast<uint16_t>(found - names.begin());
  }
  if (names.size() >= kMaxNames) return 0;
  names.push_back(name);
  return static_cast<uint16_t>(names.size() - 1);
}

void SavefileNotes::Skip(uint64_t position, uint64_t bytes,
                         const std::string& why) {
  if (bytes == 0) return;
  if (skipped_bytes == 0) damage = fmt::format("at byte {}: {}", position, why);
  skipped_bytes += bytes;
}

void SavefileNotes::SkipRest(ByteWindow* window, const std::string& why) {
  Skip(window->position(), window->size(), why);
  window->Consume(window->size());
}

int64_t SavefileTimeNs(int64_t seconds, int64_t fraction_ns) noexcept {
  constexpr int64_t kMaxSeconds = 4'600'000'000;
  return std::clamp(seconds, -kMaxSeconds, kMaxSeconds) * 1'000'000'000 +
         fraction_ns;
}

// On Linux; the others have the same number (pcap/dlt.h, the tcpdump.org list).
int DltOfLinkType(uint32_t link_type) noexcept {
  switch (link_type) {
    case 100:
      return 11;  // DLT_ATM_RFC1483
    case 101:
      return 12;  // DLT_RAW
    case 102:
      return 13;  // DLT_SLIP_BSDOS
    case 103:
      return 14;  // DLT_PPP_BSDOS
    case 106:
      return 19;  // DLT_ATM_CLIP
    default:
      return static_cast<int>(link_type);
  }
}

}  // namespace ntm
