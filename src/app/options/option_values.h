// Parses the values of options.
//
// Threads  pure functions.
// Errors   std::invalid_argument; the caller puts the option's name before the
//          message, as in "--port: 'abc' is not a number from 0 to 65535".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/log/log.h"
#include "ntm/base/duration.h"

namespace ntm {

// A decimal number and nothing else.
uint64_t ParseNumber(const std::string& text, uint64_t min, uint64_t max);

// A parser with these limits, for an option's declaration.
inline auto NumberFrom(uint64_t min, uint64_t max) {
  return [min, max](const std::string& text) {
    return ParseNumber(text, min, max);
  };
}

// Any text that is not empty.
std::string ParsePath(const std::string& text);

// A number of bytes, with the units of GNU coreutils: k, M, G and KiB, MiB, GiB
// are powers of 1024; kB, MB, GB powers of 1000. Case is ignored.
uint64_t ParseByteCount(const std::string& text, uint64_t min, uint64_t max);

// trace, debug, info, warning, error; also warn, critical; case is ignored.
LogLevel ParseLogLevel(const std::string& text);

LogFormat ParseLogFormat(const std::string& text);

// A valid start of a metric name, without colons.
std::string ParseMetricPrefix(const std::string& text);

// A path for /metrics that is not / and not below /-/.
std::string ParseTelemetryPath(const std::string& text);

// "host:port", "[v6]:port" or ":port".
std::string ParseListenAddress(const std::string& text);

// Joins both to "host:port"; "" means every address.
std::string ListenAddressOf(const std::string& bind_ip, uint16_t port);

// Names without whitespace that do not start with "-"; duplicates are removed.
std::vector<std::string> ParseInterfaces(const std::vector<std::string>& texts);

}  // namespace ntm
