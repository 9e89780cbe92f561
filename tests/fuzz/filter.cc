// Fuzzes the filter and its rewriting for tags: any text compiles or gives an
// error, and the result is applied to a frame with tags.
#include <pcap/pcap.h>

#include <array>

#include "fuzz.h"
#include "ntm/base/error.h"
#include "ntm/capture/capture_filter.h"

namespace {

// Ethernet, 802.1Q, IPv4, UDP.
constexpr std::array<uint8_t, 46> kTagged = {
    2, 0, 0,    0, 0, 1,  2,    0,    0, 0,  0,  2,  0x81, 0, 0,   7,
    8, 0, 0x45, 0, 0, 28, 0,    0,    0, 0,  64, 17, 0,    0, 192, 0,
    2, 1, 192,  0, 2, 2,  0x9c, 0x40, 0, 53, 0,  8,  0,    0};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // libpcap would resolve words that look like host names.
  const std::string text = ntm::fuzz::Text(data, size);
  if (size > 256 || text.find('\0') != std::string::npos) return 0;
  static const std::shared_ptr<pcap_t> kHandle(pcap_open_dead(DLT_EN10MB, 256),
                                               pcap_close);
  try {
    ntm::CheckFilter(text);
    ntm::CaptureFilter filter(kHandle, "", text, false,
                              ntm::MakeFilterCache().get());
    ntm::Frame frame = {};
    frame.data = kTagged.data();
    frame.captured_bytes = kTagged.size();
    frame.wire_bytes = kTagged.size();
    frame.link_type = DLT_EN10MB;
    filter.Matches(frame);
  } catch (const ntm::Error&) {
  }
  return 0;
}
