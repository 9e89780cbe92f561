// The pcap format: a header, then packets, each with a header of its own.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "block_reader.h"
#include "byte_order.h"
#include "byte_window.h"
#include "ntm/savefile/savefile_reader.h"

namespace ntm {
namespace {

constexpr size_t kFileHeaderBytes = 24;
constexpr size_t kPacketHeaderBytes = 16;
// Of kernels 2.2 and 2.4 with a patch: followed by the interface's index, the
// Ethertype and the direction.
constexpr size_t kModifiedHeaderBytes = 24;
constexpr uint32_t kUsualMaxBytes = 262144;

struct PcapKind {
  uint32_t magic;
  uint32_t fraction_ns;
  size_t packet_header_bytes;
};
constexpr std::array<PcapKind, 3> kPcapKinds = {
    {{0xa1b2c3d4, 1000, kPacketHeaderBytes},
     {0xa1b23c4d, 1, kPacketHeaderBytes},
     {0xa1b2cd34, 1000, kModifiedHeaderBytes}}};

class PcapBlocks final : public BlockReader {
 public:
  PcapBlocks(ByteWindow* window, SavefileNotes* notes, const PcapKind& kind,
             SavefileOrder order)
      : window_(*window), notes_(*notes), kind_(kind), order_(order) {
    if (!window_.Need(kFileHeaderBytes)) {
      throw FormatError("the file ends within its header");
    }
    const uint8_t* header = window_.data();
    const unsigned major = order_.U16(header + 4);
    const unsigned minor = order_.U16(header + 6);
    if (major != 2) {
      throw FormatError(fmt::format(
          "version {}.{} of the pcap format is not known", major, minor));
    }
    // pcap-savefile(5): until 2.3 the two lengths were in the other order.
    has_length_first_ = minor < 3 || minor == kDgUxMinor;
    max_bytes_ = std::clamp(order_.U32(header + 16), kUsualMaxBytes,
                            SavefileReader::kMaxFrameBytes);
    notes_.link_type = DltOfLinkType(order_.U32(header + 20) & kLinkTypeMask);
    window_.Consume(kFileHeaderBytes);
  }

  size_t Read(Frame* frames, size_t max_frames) override {
    do {
      size_t count = 0;
      while (count < max_frames && Take(&frames[count])) ++count;
      if (count > 0) {
        notes_.time_ns = frames[count - 1].time_ns;
        return count;
      }
    } while (FindPacket());
    return 0;
  }

  bool IsAtHand() const noexcept override {
    const size_t bytes = window_.size();
    return bytes >= kind_.packet_header_bytes &&
           bytes - kind_.packet_header_bytes >=
               HeaderAt(window_.data()).captured_bytes;
  }

 private:
  static constexpr uint32_t kLinkTypeMask = 0x03ffffff;  // above: of the FCS
  static constexpr unsigned kDgUxMinor = 543;
  // So many plausible packets in a row are where the damage ends.
  static constexpr int kConvincing = 3;
  static constexpr int64_t kPlausibleSeconds = int64_t{366} * 24 * 3600;

  struct Header {
    uint32_t seconds;
    uint32_t fraction;
    uint32_t captured_bytes;
    uint32_t wire_bytes;
  };

  Header HeaderAt(const uint8_t* at) const noexcept {
    Header header{order_.U32(at), order_.U32(at + 4), order_.U32(at + 8),
                  order_.U32(at + 12)};
    if (has_length_first_) std::swap(header.captured_bytes, header.wire_bytes);
    return header;
  }

  // Takes the packet at the window's beginning, if it is there as a whole and
  // nothing is odd about it. Its bytes stay in the window.
  bool Take(Frame* frame) noexcept {
    if (window_.size() < kind_.packet_header_bytes) return false;
    const uint8_t* at = window_.data();
    const Header header = HeaderAt(at);
    if (header.captured_bytes > max_bytes_ ||
        (header.captured_bytes > header.wire_bytes && at != checked_)) {
      return false;
    }
    const size_t bytes = kind_.packet_header_bytes + header.captured_bytes;
    if (window_.size() < bytes) return false;
    frame->data = at + kind_.packet_header_bytes;
    frame->captured_bytes = header.captured_bytes;
    frame->wire_bytes = std::max(header.wire_bytes, header.captured_bytes);
    frame->time_ns = SavefileTimeNs(
        header.seconds, int64_t{header.fraction} * kind_.fraction_ns);
    frame->link_type = notes_.link_type;
    frame->interface = 0;
    window_.Consume(bytes);
    checked_ = nullptr;
    return true;
  }

  // Reads on until a whole packet is at the window's beginning. Returns false
  // at the end.
  bool FindPacket() {
    if (!window_.Need(kind_.packet_header_bytes)) {
      notes_.SkipRest(&window_, "the file ends within a packet header");
      return false;
    }
    const Header header = HeaderAt(window_.data());
    const uint32_t bytes = header.captured_bytes;
    if (bytes > max_bytes_) {
      return Resume(fmt::format("a packet of {} bytes", bytes));
    }
    if (!window_.Need(kind_.packet_header_bytes + bytes)) {
      return Resume(
          fmt::format("the file ends within a packet of {} bytes", bytes));
    }
    // Some programs write such headers, so it is not damage if it leads to a
    // packet or to the end.
    const bool is_odd = bytes > header.wire_bytes;
    if (is_odd && !PacketsBegin(kind_.packet_header_bytes + bytes, 1, true)) {
      return Resume(fmt::format("{} bytes captured of a packet of {}", bytes,
                                header.wire_bytes));
    }
    checked_ = window_.data();
    return true;
  }

  // Looks for the next packets, byte by byte.
  bool Resume(const std::string& why) {
    const uint64_t from = window_.position();
    do {
      window_.Consume(1);
    } while (window_.Need(kind_.packet_header_bytes) &&
             !PacketsBegin(0, kConvincing, false));
    if (window_.size() < kind_.packet_header_bytes) {
      window_.Consume(window_.size());
    }
    notes_.Skip(from, window_.position() - from, why);
    return window_.size() > 0;
  }

  // Whether so many are at the offset; fewer, if the file ends with them.
  bool PacketsBegin(size_t offset, int packets, bool may_be_odd) {
    for (int i = 0; i < packets; ++i) {
      if (!window_.Need(offset + kind_.packet_header_bytes)) {
        return offset > 0 && window_.size() == offset;
      }
      const Header header = HeaderAt(window_.data() + offset);
      if (!IsPlausible(header, may_be_odd)) return false;
      offset += kind_.packet_header_bytes + header.captured_bytes;
      if (!window_.Need(offset)) return false;
    }
    return true;
  }

  // Odd: more is said to be captured than came.
  bool IsPlausible(const Header& header, bool may_be_odd) const noexcept {
    constexpr int64_t kNsPerSecond = 1'000'000'000;
    const int64_t seconds_since =
        header.seconds - notes_.time_ns / kNsPerSecond;
    return header.fraction < kNsPerSecond / kind_.fraction_ns &&
           header.captured_bytes > 0 && header.captured_bytes <= max_bytes_ &&
           (may_be_odd || header.captured_bytes <= header.wire_bytes) &&
           header.wire_bytes <= SavefileReader::kMaxFrameBytes &&
           (notes_.time_ns == 0 ||
            std::abs(seconds_since) <= kPlausibleSeconds);
  }

  ByteWindow& window_;
  SavefileNotes& notes_;

  // Constant after construction
  PcapKind kind_;
  SavefileOrder order_;
  bool has_length_first_ = false;
  uint32_t max_bytes_ = kUsualMaxBytes;

  // In the window: FindPacket() has found nothing wrong with this packet.
  const uint8_t* checked_ = nullptr;
};

}  // namespace

std::unique_ptr<BlockReader> OpenPcap(ByteWindow* window,
                                      SavefileNotes* notes) {
  if (!window->Need(sizeof(uint32_t))) return nullptr;
  for (const bool is_swapped : {false, true}) {
    const SavefileOrder order{is_swapped};
    for (const PcapKind& kind : kPcapKinds) {
      if (order.U32(window->data()) == kind.magic) {
        return std::make_unique<PcapBlocks>(window, notes, kind, order);
      }
    }
  }
  return nullptr;
}

}  // namespace ntm
