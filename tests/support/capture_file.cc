#include "capture_file.h"

#include <pcap/pcap.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <utility>

namespace ntm::test {

void WritePcap(const std::string& path,
               const std::vector<CapturedFrame>& frames, int link_type) {
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> pcap(
      pcap_open_dead_with_tstamp_precision(link_type, 262144,
                                           PCAP_TSTAMP_PRECISION_NANO),
      pcap_close);
  const std::unique_ptr<pcap_dumper_t, decltype(&pcap_dump_close)> dumper(
      pcap_dump_open(pcap.get(), path.c_str()), pcap_dump_close);
  if (dumper == nullptr) {
    throw std::runtime_error(path + ": " + pcap_geterr(pcap.get()));
  }
  for (const CapturedFrame& frame : frames) {
    pcap_pkthdr header{};
    header.ts.tv_sec = frame.time_ns / 1'000'000'000;
    header.ts.tv_usec = frame.time_ns % 1'000'000'000;
    header.caplen = static_cast<uint32_t>(frame.bytes.size());
    header.len = frame.wire_bytes;
    // pcap_dump takes the dumper as its user argument.
    pcap_dump(reinterpret_cast<u_char*>(dumper.get()), &header,
              frame.bytes.data());
  }
  if (pcap_dump_flush(dumper.get()) != 0) {
    throw std::runtime_error(path + ": cannot be written");
  }
}

std::vector<CapturedFrame> ReadPcap(const std::string& path) {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> pcap(
      pcap_open_offline_with_tstamp_precision(
          path.c_str(), PCAP_TSTAMP_PRECISION_NANO, error.data()),
      pcap_close);
  if (pcap == nullptr) throw std::runtime_error(path + ": " + error.data());
  std::vector<CapturedFrame> frames;
  pcap_pkthdr* header = nullptr;
  const u_char* data = nullptr;
  while (pcap_next_ex(pcap.get(), &header, &data) == 1) {
    CapturedFrame frame;
    frame.bytes.assign(data, data + header->caplen);
    frame.wire_bytes = header->len;
    frame.time_ns =
        int64_t{header->ts.tv_sec} * 1'000'000'000 + header->ts.tv_usec;
    frame.link_type = pcap_datalink(pcap.get());
    frames.push_back(std::move(frame));
  }
  return frames;
}

}  // namespace ntm::test
