#include "savefile_bytes.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>

namespace ntm::test {
namespace {

std::string Padded(std::string text) {
  text.resize((text.size() + 3) / 4 * 4);
  return text;
}

uint32_t SizeOf(const std::string& text) {
  return static_cast<uint32_t>(text.size());
}

}  // namespace

SavefileBytes& SavefileBytes::Put(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) {
    text += static_cast<char>(value >> (8 * i) & 0xff);
  }
  if (is_big_) std::ranges::reverse(text);
  return Raw(text);
}

std::string PcapHeader(const PcapShape& shape) {
  return SavefileBytes(shape.is_big)
      .U32(shape.magic)
      .U16(2)
      .U16(shape.minor_version)
      .U64(0)
      .U32(shape.snaplen)
      .U32(shape.link_type)
      .text();
}

std::string PcapPacket(const PcapShape& shape, uint32_t seconds,
                       uint32_t fraction, const std::string& frame,
                       uint32_t wire_bytes) {
  SavefileBytes bytes(shape.is_big);
  bytes.U32(seconds).U32(fraction);
  const uint32_t wire = std::max(wire_bytes, SizeOf(frame));
  if (shape.minor_version < 3) {
    bytes.U32(wire).U32(SizeOf(frame));
  } else {
    bytes.U32(SizeOf(frame)).U32(wire);
  }
  if (shape.magic == 0xa1b2cd34) bytes.U64(0);
  return bytes.Raw(frame).text();
}

std::string PcapngShape::Block(uint32_t type, const std::string& body) const {
  const uint32_t size = SizeOf(Padded(body)) + 12;
  return SavefileBytes(is_big)
      .U32(type)
      .U32(size)
      .Raw(Padded(body))
      .U32(size)
      .text();
}

std::string PcapngShape::Section() const {
  return Block(0x0a0d0d0a, SavefileBytes(is_big)
                               .U32(0x1a2b3c4d)
                               .U16(1)
                               .U16(0)
                               .U64(UINT64_MAX)
                               .text());
}

std::string PcapngShape::Interface(uint16_t link_type, uint32_t snaplen,
                                   const std::string& options) const {
  return Block(1, SavefileBytes(is_big)
                      .U16(link_type)
                      .U16(0)
                      .U32(snaplen)
                      .Raw(options)
                      .text());
}

std::string PcapngShape::Option(uint16_t code, const std::string& value) const {
  return SavefileBytes(is_big)
      .U16(code)
      .U16(static_cast<uint16_t>(value.size()))
      .Raw(Padded(value))
      .text();
}

std::string PcapngShape::Enhanced(uint32_t interface, uint64_t time,
                                  const std::string& frame,
                                  uint32_t wire_bytes) const {
  return Block(6, SavefileBytes(is_big)
                      .U32(interface)
                      .U32(static_cast<uint32_t>(time >> 32))
                      .U32(static_cast<uint32_t>(time))
                      .U32(SizeOf(frame))
                      .U32(std::max(wire_bytes, SizeOf(frame)))
                      .Raw(frame)
                      .text());
}

std::string PcapngShape::Old(uint16_t interface, uint64_t time,
                             const std::string& frame) const {
  return Block(2, SavefileBytes(is_big)
                      .U16(interface)
                      .U16(0)
                      .U32(static_cast<uint32_t>(time >> 32))
                      .U32(static_cast<uint32_t>(time))
                      .U32(SizeOf(frame))
                      .U32(SizeOf(frame))
                      .Raw(frame)
                      .text());
}

std::string PcapngShape::Simple(const std::string& frame,
                                uint32_t wire_bytes) const {
  return Block(3, SavefileBytes(is_big).U32(wire_bytes).Raw(frame).text());
}

std::string GzipOf(const std::string& text) {
  z_stream stream{};
  constexpr int kGzip = MAX_WBITS + 16;
  deflateInit2(&stream, 6, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  // zlib's bytes are unsigned, and it does not change its input.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// With a checksum, as zstd(1) does.
std::string ZstdOf(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()) + 4, '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  packed.resize(ZSTD_compress2(context, packed.data(), packed.size(),
                               text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return packed;
}

}  // namespace ntm::test
