// The pcapng format: sections of blocks, each with its length before and after
// its contents.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "block_reader.h"
#include "byte_order.h"
#include "byte_window.h"
#include "time_resolution.h"

namespace ntm {
namespace {

enum PcapngType : uint32_t {
  kInterfaceDescription = 1,
  kOldPacket = 2,
  kSimplePacket = 3,
  kEnhancedPacket = 6,
  kSectionHeader = 0x0a0d0d0a,  // the same in both byte orders
};
// All that writers of pcapng files write (the draft's registry).
constexpr std::array<uint32_t, 13> kKnownTypes = {
    kInterfaceDescription,
    kOldPacket,
    kSimplePacket,
    4,  // names
    5,  // statistics
    kEnhancedPacket,
    9,       // systemd journal
    10,      // secrets
    0x0bad,  // custom
    0x40000bad,
    0x0204,  // Sysdig event, and with flags
    0x0208,
    kSectionHeader};

constexpr uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr size_t kFrameBytes = 12;  // type and length, and the length again
constexpr size_t kLeastSectionBytes = 28;
constexpr uint32_t kLeastPacketBytes = 32;  // with a frame of none
constexpr uint32_t kLeastSimpleBytes = 16;
constexpr uint32_t kMaxBlockBytes = 16 << 20;  // as in Wireshark
constexpr size_t kMaxInterfaces = 65536;       // of a section

enum PcapngOption : uint16_t {
  kEndOfOptions = 0,
  kInterfaceName = 2,
  kTimeResolution = 9,
  kTimeOffset = 14,
};

struct DescribedInterface {
  int link_type = 0;
  uint32_t snaplen = 0;
  uint16_t name = 0;
  TimeResolution resolution;
};

class PcapngBlocks final : public BlockReader {
 public:
  PcapngBlocks(ByteWindow* window, SavefileNotes* notes)
      : window_(*window), notes_(*notes) {
    if (!window_.Need(kLeastSectionBytes)) {
      throw FormatError("the file ends within its first block");
    }
    const auto order = OrderOf(window_.data());
    if (!order) throw FormatError("its byte order is neither of the two");
    if (const unsigned major = order->U16(window_.data() + 12); major != 1) {
      throw FormatError(
          fmt::format("version {} of the pcapng format is not known", major));
    }
    // The first interface's link type is wanted before its packets.
    Frame none;
    while (interfaces_.empty() && Advance(&none) != Found::kEnd) {
    }
  }

  size_t Read(Frame* frames, size_t max_frames) override {
    Found found = Found::kBlock;
    while (found != Found::kEnd) {
      size_t count = 0;
      while (count < max_frames && TakeEnhanced(&frames[count])) ++count;
      if (count == 0) {
        found = Advance(frames);
        if (found == Found::kFrame) count = 1;
      }
      if (count > 0) {
        notes_.time_ns = frames[count - 1].time_ns;
        return count;
      }
    }
    return 0;
  }

  bool IsAtHand() const noexcept override {
    return window_.size() >= kFrameBytes &&
           window_.size() >= order_.U32(window_.data() + 4);
  }

 private:
  enum class Found { kFrame, kBlock, kEnd };

  // Takes the enhanced packet at the window's beginning, if it is there as a
  // whole and nothing is wrong with it. Its bytes stay in the window.
  bool TakeEnhanced(Frame* frame) noexcept {
    if (window_.size() < kFrameBytes) return false;
    const uint8_t* block = window_.data();
    const uint32_t bytes = order_.U32(block + 4);
    if (order_.U32(block) != kEnhancedPacket || window_.size() < bytes ||
        !HasTrueLength(block, bytes) ||
        !Packet(kEnhancedPacket, block, bytes, frame)) {
      return false;
    }
    window_.Consume(bytes);
    return true;
  }

  // Takes the block at the window's beginning, whatever it is.
  Found Advance(Frame* frame) {
    if (!window_.Need(kFrameBytes)) {
      notes_.SkipRest(&window_, "the file ends within the head of a block");
      return Found::kEnd;
    }
    const uint32_t type = order_.U32(window_.data());
    if (type == kSectionHeader) {
      const auto order = OrderOf(window_.data());
      if (!order) return Resume("a section of an unknown byte order");
      // A section begins here, whatever else is wrong with its header.
      order_ = *order;
      interfaces_.clear();
    }
    const uint32_t bytes = order_.U32(window_.data() + 4);
    if (!IsLength(bytes)) {
      return Resume(fmt::format("a block of {} bytes", bytes));
    }
    if (!window_.Need(bytes)) {
      return Resume(
          fmt::format("the file ends within a block of {} bytes", bytes));
    }
    const uint8_t* block = window_.data();
    if (const uint32_t again = order_.U32(block + bytes - 4); again != bytes) {
      return Resume(
          fmt::format("a block of {} bytes says {} at its end", bytes, again));
    }
    const uint64_t position = window_.position();
    frame->data = nullptr;
    const std::string wrong = Take(type, block, bytes, frame);
    window_.Consume(bytes);
    if (!wrong.empty()) notes_.Skip(position, bytes, wrong);
    return frame->data == nullptr ? Found::kBlock : Found::kFrame;
  }

  // Returns what is wrong with it, or "".
  std::string Take(uint32_t type, const uint8_t* block, uint32_t bytes,
                   Frame* frame) {
    switch (type) {
      case kSectionHeader:
        return order_.U16(block + 12) == 1 ? ""
                                           : "a section of another version";
      case kInterfaceDescription:
        return Describe(block, bytes);
      case kEnhancedPacket:
      case kOldPacket:
        return Packet(type, block, bytes, frame) ? "" : WhyNot(block, bytes);
      case kSimplePacket:
        return Simple(block, bytes, frame) ? "" : WhyNot(block, bytes);
      default:
        return "";
    }
  }

  std::string Describe(const uint8_t* block, uint32_t bytes) {
    if (bytes < 20) return "a description of an interface that is too short";
    if (interfaces_.size() >= kMaxInterfaces) return "too many interfaces";
    DescribedInterface interface;
    interface.link_type = DltOfLinkType(order_.U16(block + 8));
    interface.snaplen = order_.U32(block + 12);
    for (uint32_t at = 16; at + 4 <= bytes - 4;) {
      const uint16_t code = order_.U16(block + at);
      const uint32_t size = order_.U16(block + at + 2);
      if (code == kEndOfOptions || at + 4 + size > bytes - 4) break;
      Apply(code, block + at + 4, size, &interface);
      at += 4 + (size + 3) / 4 * 4;
    }
    if (notes_.link_type < 0) notes_.link_type = interface.link_type;
    interfaces_.push_back(interface);
    return "";
  }

  void Apply(uint16_t code, const uint8_t* value, uint32_t size,
             DescribedInterface* interface) {
    if (code == kInterfaceName) {
      std::string name(value, value + size);
      name.resize(std::min(name.find('\0'), name.size()));
      interface->name = notes_.IndexOf(name);
    } else if (code == kTimeResolution && size == 1) {
      interface->resolution.SetUnit(value[0]);
    } else if (code == kTimeOffset && size == 8) {
      interface->resolution.SetOffset(static_cast<int64_t>(order_.U64(value)));
    }
  }

  // An enhanced packet, or an old one, which differs in the interface's number
  // only.
  bool Packet(uint32_t type, const uint8_t* block, uint32_t bytes,
              Frame* frame) noexcept {
    if (bytes < kLeastPacketBytes) return false;
    const size_t number = InterfaceOf(type, block);
    const uint32_t captured_bytes = order_.U32(block + 20);
    if (number >= interfaces_.size() ||
        captured_bytes > bytes - kLeastPacketBytes) {
      return false;
    }
    const DescribedInterface& interface = interfaces_[number];
    frame->data = block + 28;
    frame->captured_bytes = captured_bytes;
    frame->wire_bytes = std::max(order_.U32(block + 24), captured_bytes);
    frame->time_ns = interface.resolution.TimeNs(
        uint64_t{order_.U32(block + 12)} << 32U | order_.U32(block + 16));
    frame->link_type = interface.link_type;
    frame->interface = interface.name;
    return true;
  }

  size_t InterfaceOf(uint32_t type, const uint8_t* block) const noexcept {
    if (type == kSimplePacket) return 0;
    return type == kOldPacket ? order_.U16(block + 8) : order_.U32(block + 8);
  }

  // It has no time and is of the first interface.
  bool Simple(const uint8_t* block, uint32_t bytes, Frame* frame) noexcept {
    if (bytes < kLeastSimpleBytes || interfaces_.empty()) return false;
    const DescribedInterface& interface = interfaces_.front();
    const uint32_t wire_bytes = order_.U32(block + 8);
    frame->data = block + 12;
    frame->captured_bytes = std::min(wire_bytes, bytes - kLeastSimpleBytes);
    if (interface.snaplen > 0) {
      frame->captured_bytes =
          std::min(frame->captured_bytes, interface.snaplen);
    }
    frame->wire_bytes = wire_bytes;
    frame->time_ns = notes_.time_ns;
    frame->link_type = interface.link_type;
    frame->interface = interface.name;
    return true;
  }

  std::string WhyNot(const uint8_t* block, uint32_t bytes) const {
    const uint32_t type = order_.U32(block);
    if (bytes <
        (type == kSimplePacket ? kLeastSimpleBytes : kLeastPacketBytes)) {
      return fmt::format("a packet in a block of {} bytes", bytes);
    }
    const size_t number = InterfaceOf(type, block);
    if (number >= interfaces_.size()) {
      return fmt::format("a packet of interface {}, which is not described",
                         number);
    }
    return fmt::format("a packet of {} bytes in a block of {} bytes",
                       order_.U32(block + 20), bytes);
  }

  // Goes on where the block's length leads, if a block begins there; else where
  // the next one is found.
  Found Resume(const std::string& why) {
    const uint64_t from = window_.position();
    const uint32_t bytes = order_.U32(window_.data() + 4);
    if (bytes >= kFrameBytes && bytes <= kMaxBlockBytes && BlockBegins(bytes)) {
      window_.Consume(bytes);
    } else {
      do {
        window_.Consume(1);
      } while (window_.Need(kFrameBytes) && !BlockBegins(0));
      if (window_.size() < kFrameBytes) window_.Consume(window_.size());
    }
    notes_.Skip(from, window_.position() - from, why);
    return window_.size() > 0 ? Found::kBlock : Found::kEnd;
  }

  bool BlockBegins(size_t offset) {
    if (!window_.Need(offset + kFrameBytes)) return false;
    const uint32_t type = order_.U32(window_.data() + offset);
    if (std::ranges::find(kKnownTypes, type) == kKnownTypes.end()) return false;
    SavefileOrder order = order_;
    if (type == kSectionHeader) {
      const auto other = OrderOf(window_.data() + offset);
      if (!other) return false;
      order = *other;
    }
    const uint32_t bytes = order.U32(window_.data() + offset + 4);
    return IsLength(bytes) && window_.Need(offset + bytes) &&
           order.U32(window_.data() + offset + bytes - 4) == bytes;
  }

  static bool IsLength(uint32_t bytes) noexcept {
    return bytes >= kFrameBytes && bytes % 4 == 0 && bytes <= kMaxBlockBytes;
  }

  bool HasTrueLength(const uint8_t* block, uint32_t bytes) const noexcept {
    return IsLength(bytes) && order_.U32(block + bytes - 4) == bytes;
  }

  // Of a section header; REQUIRES: kFrameBytes are there.
  static std::optional<SavefileOrder> OrderOf(const uint8_t* block) noexcept {
    for (const bool is_swapped : {false, true}) {
      const SavefileOrder order{is_swapped};
      if (order.U32(block + 8) == kByteOrderMagic) return order;
    }
    return std::nullopt;
  }

  ByteWindow& window_;
  SavefileNotes& notes_;
  // Of the section.
  SavefileOrder order_;
  std::vector<DescribedInterface> interfaces_;
};

}  // namespace

std::unique_ptr<BlockReader> OpenPcapng(ByteWindow* window,
                                        SavefileNotes* notes) {
  if (!window->Need(sizeof(uint32_t)) ||
      SavefileOrder().U32(window->data()) != kSectionHeader) {
    return nullptr;
  }
  return std::make_unique<PcapngBlocks>(window, notes);
}

}  // namespace ntm
