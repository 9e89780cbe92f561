// In which units rates are written for people: on the page, by `ntm history`,
// in the messages of alerts. Metrics and JSON have bytes per second in any
// case, and the report of --once the layout of the tool that ntm takes the
// place of.
//
// Units    decimal, as links are sold and as the page has them: 1 MB is
//          1,000,000 bytes. What was carried is always bytes.
// Threads  SetShownUnits() before any other thread; the others anywhere.
// Errors   ParseShownUnits() throws std::invalid_argument whose message follows
//          the option's name.
#pragma once

#include <cstdint>
#include <string>

namespace ntm {

enum class ShownUnits : uint8_t { kBytes, kBits };

// "bits" or "bytes".
ShownUnits ParseShownUnits(const std::string& text);

void SetShownUnits(ShownUnits units) noexcept;
ShownUnits GetShownUnits() noexcept;

// "512.0 KB/s", "2.0 MB/s"; "4.1 Mbit/s".
std::string RateText(double bytes_per_second);

}  // namespace ntm
