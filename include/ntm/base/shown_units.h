// Formats rates for people, in bits or bytes: in `ntm top`, in `ntm history`
// and in alert messages; the page does the same (units.js). Metrics and JSON
// always use bytes per second. The report of --once keeps the layout of the
// tool that ntm replaces.
//
// Units    decimal, as link speeds are: 1 MB is 1,000,000 bytes. Only rates
//          depend on this setting; amounts are always in bytes.
// Threads  SetShownUnits() before other threads start; the rest on any thread.
// Errors   ParseShownUnits() throws std::invalid_argument; the caller puts the
//          option's name before the message.
#pragma once

#include <cstdint>
#include <string>

namespace ntm {

enum class ShownUnits : uint8_t { kBytes, kBits };

// "bits" or "bytes".
ShownUnits ParseShownUnits(const std::string& text);

void SetShownUnits(ShownUnits units) noexcept;
ShownUnits GetShownUnits() noexcept;

// "512.0 KB/s", "2.0 MB/s"; "4.1 Mbit/s"; below a thousand "312 B/s", "0.4
// B/s".
std::string RateText(double bytes_per_second);
std::string RateText(double bytes_per_second, ShownUnits units);

// "60 B", "812.5 KB", "1.5 TB".
std::string AmountText(double bytes);

}  // namespace ntm
