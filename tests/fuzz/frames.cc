// Fuzzes the pipeline with one frame. The first byte chooses the link type, the
// second how many bytes longer the frame was on the wire.
#include <pcap/dlt.h>

#include <array>
#include <cstdlib>
#include <memory>

#include "fuzz.h"
#include "ntm/capture/pipeline.h"
#include "ntm/flow/snapshot.h"

namespace {

constexpr std::array kLinkTypes = {DLT_EN10MB,
                                   DLT_LINUX_SLL,
                                   DLT_LINUX_SLL2,
                                   DLT_RAW,
                                   DLT_NULL,
                                   DLT_PPP,
                                   DLT_PPP_ETHER,
                                   DLT_C_HDLC,
                                   DLT_LOOP,
                                   DLT_IEEE802_11,
                                   DLT_IEEE802_11_RADIO,
                                   DLT_PRISM_HEADER,
                                   DLT_IEEE802_11_RADIO_AVS,
                                   DLT_PPI,
                                   DLT_PKTAP,
                                   DLT_NFLOG,
                                   DLT_PFLOG,
                                   DLT_ENC,
                                   DLT_IPNET,
                                   DLT_NETANALYZER,
                                   DLT_NETANALYZER_TRANSPARENT,
                                   DLT_DSA_TAG_DSA,
                                   DLT_DSA_TAG_EDSA,
                                   DLT_DSA_TAG_BRCM,
                                   DLT_DSA_TAG_BRCM_PREPEND,
                                   DLT_PPP_PPPD,
                                   DLT_PPP_WITH_DIR,
                                   DLT_C_HDLC_WITH_DIR,
                                   DLT_MPLS,
                                   DLT_ATM_RFC1483};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  static ntm::Pipeline pipeline(64, 0, std::make_shared<const ntm::Services>(),
                                ntm::FlowLabelOptions{});
  static ntm::Pipeline::Input input(&pipeline, 1);
  const ntm::Frame frame = {
      .data = data + 2,
      .captured_bytes = static_cast<uint32_t>(size - 2),
      .wire_bytes = static_cast<uint32_t>(size - 2 + data[1]),
      .time_ns = 1'000'000'000,
      .link_type = kLinkTypes[data[0] % kLinkTypes.size()]};
  input.OnFrame(frame);
  ntm::Snapshot snapshot;
  pipeline.CopyTo(&snapshot);
  uint64_t packets = snapshot.evicted_packets;
  uint64_t bytes = snapshot.evicted_bytes;
  for (const auto& flow : snapshot.flows) {
    packets += flow.packets;
    bytes += flow.bytes;
  }
  for (const uint64_t errors : snapshot.decode_errors) packets += errors;
  // The sums are exact for any input.
  if (packets != input.counts().packets || bytes != input.counts().bytes) {
    std::abort();
  }
  return 0;
}
