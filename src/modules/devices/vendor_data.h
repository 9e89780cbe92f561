// The table of vendors, made at build time by vendor_data.awk.
//
// Shape    sorted by OUI, each once; a vendor's text begins at its offset in
//          kVendorTexts and ends with NUL. kVendorCount is 0, and the arrays
//          have one unused element, if the list was missing.
// Threads  constant.
// Source   IEEE's oui.txt, of Debian's package ieee-data.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ntm::devices {

extern const size_t kVendorCount;
extern const uint32_t kVendorOuis[];
extern const uint32_t kVendorTextOffsets[];
extern const char kVendorTexts[];

}  // namespace ntm::devices
