#include "clean_text.h"

#include <algorithm>
#include <array>

namespace ntm::top {
namespace {

constexpr char32_t kInvalid = 0xFFFFFFFF;

struct Decoded {
  char32_t point = kInvalid;
  size_t bytes = 1;
};

// The first character; one byte of what is not UTF-8 is invalid.
Decoded FirstOf(std::string_view text) {
  const auto byte = [&text](size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const size_t length = lead >= 0xF0   ? 4
                        : lead >= 0xE0 ? 3
                        : lead >= 0xC0 ? 2
                                       : 0;
  if (length == 0 || lead > 0xF4 || text.size() < length) return {};
  char32_t point = lead & (0x7FU >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {};
    point = (point << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (point < kLeast.at(length) || point > 0x10FFFF || is_surrogate) return {};
  return {point, length};
}

struct Range {
  char32_t first;
  char32_t last;
  size_t columns;
};
// What is shown beyond ASCII; terminals agree on the width of these.
constexpr std::array<Range, 17> kShown = {{{0xA1, 0xAC, 1},
                                           {0xAE, 0x2FF, 1},
                                           {0x370, 0x482, 1},
                                           {0x48A, 0x58F, 1},
                                           {0x1E00, 0x1FFE, 1},
                                           {0x2010, 0x2027, 1},
                                           {0x20A0, 0x20BF, 1},
                                           {0x2190, 0x2193, 1},
                                           {0x2581, 0x2588, 1},
                                           {0x3041, 0x3096, 2},
                                           {0x30A0, 0x30FF, 2},
                                           {0x3105, 0x312F, 2},
                                           {0x3400, 0x4DBF, 2},
                                           {0x4E00, 0x9FFF, 2},
                                           {0xAC00, 0xD7A3, 2},
                                           {0xFF01, 0xFF60, 2},
                                           {0xFFE0, 0xFFE6, 2}}};

// 0: not shown.
size_t WidthOf(char32_t point) {
  if (point < 0x80) return point >= 0x20 && point != 0x7F ? 1 : 0;
  const auto range = std::ranges::find_if(kShown, [point](const Range& r) {
    return point >= r.first && point <= r.last;
  });
  return range == kShown.end() ? 0 : range->columns;
}

}  // namespace

std::string CleanText(std::string_view text, Charset charset) {
  std::string clean;
  while (!text.empty()) {
    const Decoded first = FirstOf(text);
    const bool is_shown = first.point != kInvalid && WidthOf(first.point) > 0 &&
                          (charset == Charset::kUtf8 || first.point < 0x80);
    clean += is_shown ? text.substr(0, first.bytes) : "?";
    text.remove_prefix(first.bytes);
  }
  return clean;
}

size_t ColumnsOf(std::string_view text) {
  size_t columns = 0;
  while (!text.empty()) {
    const Decoded first = FirstOf(text);
    columns += WidthOf(first.point);
    text.remove_prefix(first.bytes);
  }
  return columns;
}

std::string Cut(std::string_view text, size_t columns, Charset charset) {
  if (ColumnsOf(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  std::string cut;
  size_t left = columns - 1;
  while (!text.empty()) {
    const Decoded first = FirstOf(text);
    const size_t wide = WidthOf(first.point);
    if (wide > left) break;
    left -= wide;
    cut += text.substr(0, first.bytes);
    text.remove_prefix(first.bytes);
  }
  return cut + (charset == Charset::kUtf8 ? "…" : "~");
}

std::string FillRight(std::string_view text, size_t columns, Charset charset) {
  std::string filled = Cut(text, columns, charset);
  filled.append(columns - ColumnsOf(filled), ' ');
  return filled;
}

std::string FillLeft(std::string_view text, size_t columns, Charset charset) {
  const std::string cut = Cut(text, columns, charset);
  return std::string(columns - ColumnsOf(cut), ' ') + cut;
}

}  // namespace ntm::top
