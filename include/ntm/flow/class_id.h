// The ids of the classes of traffic: small numbers, so that a table by port has
// one byte per entry.
//
// Shape    0 is "no class", 1 is "other"; the five usual classes have fixed
//          ids, those of --class the ones after them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ntm {

using ClassId = uint8_t;
inline constexpr ClassId kNoClass = 0;
inline constexpr ClassId kClassOther = 1;
inline constexpr ClassId kClassVideo = 2;
inline constexpr ClassId kClassVoice = 3;
inline constexpr ClassId kClassFile = 4;
inline constexpr ClassId kClassBackground = 5;
inline constexpr size_t kMaxClasses = 16;  // including "no class"

}  // namespace ntm
