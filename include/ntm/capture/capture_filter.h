// A tcpdump filter that does not care about tags and PPPoE.
//
// A frame matches iff it would match with its tags (ntm/decode/tags.h) and its
// PPPoE session header taken off; "not port 22" never lets tagged SSH through.
// One libpcap program cannot say this: `vlan` and `pppoes` shift the offsets of
// all that follows them. So two are compiled:
//   the kernel's  (F) or <an encapsulated frame>: exact for plain frames (and
//                 for those whose only tag the kernel has taken off already),
//                 lets every other encapsulated one through;
//   the second    F itself, run here on a copy of such a frame without its
//                 tags and PPPoE header, never on a plain frame.
// An expression that names `vlan` or `pppoes` itself, or asks for what only the
// kernel knows (inbound, outbound, ifindex), is passed on untouched, as
// everything is with raw = true.
//
// libpcap's time and memory for an expression grow with the square of its
// terms, and it cannot be stopped: it is given 30 s and 512 MiB. What was
// compiled is kept, for the other captures of a run and for an interface that
// comes back.
//
// Threads  Matches() by one thread at a time; FilterCache by any.
// Errors   the constructor throws ntm::Error with libpcap's message and the
//          column, or for an expression that takes too much; Matches() is
//          noexcept and does not allocate.
// Source   pcap-filter(7); IEEE 802.1Q, 802.1ad; RFC 2516.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ntm/decode/packet.h"

struct pcap;

namespace ntm {

// What was compiled, and for what.
class FilterCache;

std::shared_ptr<FilterCache> MakeFilterCache();

class CaptureFilter {
 public:
  // Compiles `expression` ("" matches everything) for the capture `handle`, if
  // `cache` does not have it, and installs the kernel's part there. `interface`
  // is asked for its netmask (ip broadcast).
  CaptureFilter(const std::shared_ptr<pcap>& handle,
                const std::string& interface, const std::string& expression,
                bool raw, FilterCache* cache);
  // For the frames of a file, which no kernel has seen: MatchesAll().
  CaptureFilter(int link_type, const std::string& expression, bool raw,
                FilterCache* cache);
  ~CaptureFilter();
  CaptureFilter(const CaptureFilter&) = delete;
  CaptureFilter& operator=(const CaptureFilter&) = delete;

  // Returns true iff a frame that the kernel's part let through matches.
  bool Matches(const Frame& frame) noexcept {
    return second_ == nullptr || !MayBeEncapsulated(frame) ||
           MatchesWithoutTags(frame);
  }

  // Returns true iff a frame of a file matches.
  bool MatchesAll(const Frame& frame) noexcept {
    return compiled_ == nullptr || (MatchesKernels(frame) && Matches(frame));
  }

  // What it is and how it was taken, for the log: "'tcp' (on frames without …),
  // 31 BPF instructions".
  const std::string& description() const noexcept { return description_; }

 private:
  friend class FilterCache;
  struct Program;
  struct Compiled;

  static std::shared_ptr<const Compiled> Compile(
      pcap* handle, uint32_t netmask, const std::string& expression, bool raw,
      const std::function<void(const std::string&)>& complain);

  void Take(const std::shared_ptr<pcap>& handle, const std::string& interface,
            const std::string& expression, bool raw, FilterCache* cache);
  bool MatchesKernels(const Frame& frame) const noexcept;
  bool MayBeEncapsulated(const Frame& frame) const noexcept {
    if (frame.captured_bytes < type_offset_ + 2) return false;
    const unsigned type = static_cast<unsigned>(frame.data[type_offset_] << 8 |
                                                frame.data[type_offset_ + 1]);
    // IPv4, ARP and IPv6 are nearly all frames there are.
    return type != 0x0800 && type != 0x86dd && type != 0x0806;
  }
  bool MatchesWithoutTags(const Frame& frame) noexcept;

  std::shared_ptr<const Compiled> compiled_;
  const Program* second_ = nullptr;  // null: nothing is looked at twice
  uint32_t type_offset_ = 0;         // of the Ethertype in the link header
  std::vector<uint8_t> stripped_;    // room for one frame
  std::string description_;
};

// Throws what opening an Ethernet capture would say of an expression that is
// wrong; needs no right to capture.
void CheckFilter(const std::string& expression);

}  // namespace ntm
