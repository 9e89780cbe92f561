#include "huge_page_reserve.h"

#include <sys/mman.h>

#include <cstdint>

namespace ntm {
namespace {

constexpr size_t kHugePageBytes = size_t{2} << 20;
// Below this a huge page left half empty would weigh more than the faults.
constexpr size_t kWorthHugePages = 4 * kHugePageBytes;

}  // namespace

void ReserveText(size_t bytes, std::string* text) {
  text->reserve(bytes);
  if (bytes < kWorthHugePages) return;
  // reinterpret_cast: the advice is about whole pages
  const auto begin = reinterpret_cast<uintptr_t>(text->data());
  const uintptr_t first = (begin + kHugePageBytes - 1) & ~(kHugePageBytes - 1);
  const uintptr_t last = (begin + bytes) & ~(kHugePageBytes - 1);
  madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

}  // namespace ntm
