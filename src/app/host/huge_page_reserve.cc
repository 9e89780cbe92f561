#include "huge_page_reserve.h"

#include <sys/mman.h>

#include <cstdint>

namespace ntm {
namespace {

constexpr size_t kHugePageBytes = size_t{2} << 20;
// For a smaller text the unused part of a huge page would outweigh the saved
// page faults.
constexpr size_t kMinBytes = 4 * kHugePageBytes;

}  // namespace

void ReserveText(size_t bytes, std::string* text) {
  text->reserve(bytes);
  if (bytes < kMinBytes) return;
  // reinterpret_cast: madvise(2) needs page-aligned addresses
  const auto begin = reinterpret_cast<uintptr_t>(text->data());
  const uintptr_t first = (begin + kHugePageBytes - 1) & ~(kHugePageBytes - 1);
  const uintptr_t last = (begin + bytes) & ~(kHugePageBytes - 1);
  madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

}  // namespace ntm
