// The texts that options take: what each may say and what it means.
//
// Threads  pure functions.
// Errors   std::invalid_argument whose message follows the option's name, as
//          in "--port: 'abc' is not a number from 0 to 65535".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/log/log.h"
#include "ntm/base/duration.h"

namespace ntm {

// A decimal number, nothing else around it.
uint64_t ParseNumber(const std::string& text, uint64_t min, uint64_t max);

// What parses such a number.
inline auto NumberFrom(uint64_t min, uint64_t max) {
  return [min, max](const std::string& text) {
    return ParseNumber(text, min, max);
  };
}

// Not empty.
std::string ParsePath(const std::string& text);

// Bytes, with a unit as GNU coreutils write them: k, M, G and KiB, MiB, GiB are
// powers of 1024; kB, MB, GB powers of 1000. Case does not matter.
uint64_t ParseByteCount(const std::string& text, uint64_t min, uint64_t max);

// trace, debug, info, warning, error; also warn, critical; in any case.
LogLevel ParseLogLevel(const std::string& text);

LogFormat ParseLogFormat(const std::string& text);

// What Prometheus allows in front of a metric's name.
std::string ParseMetricPrefix(const std::string& text);

// A path that the HTTP server can answer and does not answer already.
std::string ParseTelemetryPath(const std::string& text);

// "host:port", "[v6]:port" or ":port".
std::string ParseListenAddress(const std::string& text);

// The same form from its parts; "" is every address.
std::string ListenAddressOf(const std::string& bind_ip, uint16_t port);

// Not empty, not a flag, short enough for the kernel's names; a repeated one
// counts once.
std::vector<std::string> ParseInterfaces(const std::vector<std::string>& texts);

}  // namespace ntm
