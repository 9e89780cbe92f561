// Makes the contents of capture files block by block, right or damaged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ntm::test {

// Integers in one byte order, and what is in between.
class SavefileBytes {
 public:
  explicit SavefileBytes(bool is_big) : is_big_(is_big) {}

  SavefileBytes& U16(uint16_t value) { return Put(value, 2); }
  SavefileBytes& U32(uint32_t value) { return Put(value, 4); }
  SavefileBytes& U64(uint64_t value) { return Put(value, 8); }
  SavefileBytes& Raw(const std::string& bytes) {
    text_ += bytes;
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  SavefileBytes& Put(uint64_t value, int bytes);

  bool is_big_;
  std::string text_;
};

struct PcapShape {
  uint32_t magic = 0xa1b2c3d4;
  bool is_big = false;
  uint32_t link_type = 1;
  uint32_t snaplen = 65535;
  uint16_t minor_version = 4;
};

// The header of a file, and a packet of it.
std::string PcapHeader(const PcapShape& shape = {});
std::string PcapPacket(const PcapShape& shape, uint32_t seconds,
                       uint32_t fraction, const std::string& frame,
                       uint32_t wire_bytes = 0);

// Blocks of a pcapng file in one byte order.
struct PcapngShape {
  bool is_big = false;

  std::string Block(uint32_t type, const std::string& body) const;
  std::string Section() const;
  std::string Interface(uint16_t link_type, uint32_t snaplen = 0,
                        const std::string& options = "") const;
  std::string Option(uint16_t code, const std::string& value) const;
  std::string Enhanced(uint32_t interface, uint64_t time,
                       const std::string& frame, uint32_t wire_bytes = 0) const;
  std::string Old(uint16_t interface, uint64_t time,
                  const std::string& frame) const;
  std::string Simple(const std::string& frame, uint32_t wire_bytes) const;
};

std::string GzipOf(const std::string& text);
std::string ZstdOf(const std::string& text);

}  // namespace ntm::test
