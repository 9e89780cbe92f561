#include "option_values.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <stdexcept>
#include <utility>

#include "ntm/base/ascii.h"

namespace ntm {
namespace {

[[noreturn]] void Refuse(const std::string& text, const std::string& wanted) {
  throw std::invalid_argument("'" + text + "' is not " + wanted);
}

// Removes the number at the start of `text`; returns false if there is none.
bool TakeNumber(std::string_view* text, uint64_t* number) {
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, *number);
  if (error != std::errc()) return false;
  text->remove_prefix(static_cast<size_t>(stop - text->data()));
  return true;
}

bool IsNameStart(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool IsNamePart(char c) {
  return IsNameStart(c) || std::isdigit(static_cast<unsigned char>(c)) != 0;
}

}  // namespace

uint64_t ParseNumber(const std::string& text, uint64_t min, uint64_t max) {
  std::string_view rest(text);
  uint64_t number = 0;
  if (!TakeNumber(&rest, &number) || !rest.empty() || number < min ||
      number > max) {
    Refuse(text, max == UINT64_MAX
                     ? "a number from " + std::to_string(min) + " up"
                     : "a number from " + std::to_string(min) + " to " +
                           std::to_string(max));
  }
  return number;
}

std::string ParsePath(const std::string& text) {
  if (text.empty()) throw std::invalid_argument("a path is missing");
  return text;
}

uint64_t ParseByteCount(const std::string& text, uint64_t min, uint64_t max) {
  struct Unit {
    std::string_view name;
    uint64_t bytes;
  };
  constexpr std::array<Unit, 11> kUnits = {{{"", 1},
                                            {"b", 1},
                                            {"k", 1ULL << 10},
                                            {"kib", 1ULL << 10},
                                            {"kb", 1000},
                                            {"m", 1ULL << 20},
                                            {"mib", 1ULL << 20},
                                            {"mb", 1000000},
                                            {"g", 1ULL << 30},
                                            {"gib", 1ULL << 30},
                                            {"gb", 1000000000}}};
  std::string_view rest(text);
  uint64_t number = 0;
  const bool has_number = TakeNumber(&rest, &number);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const std::string name = LowerCase(rest);
  const auto* unit =
      std::find_if(kUnits.begin(), kUnits.end(),
                   [&name](const Unit& u) { return u.name == name; });
  if (!has_number || unit == kUnits.end()) {
    Refuse(text, "a size: a number of bytes, or one with k, M, G, KiB, MiB …");
  }
  if (number > max / unit->bytes || number * unit->bytes < min) {
    Refuse(text, "a size from " + std::to_string(min) + " to " +
                     std::to_string(max) + " bytes");
  }
  return number * unit->bytes;
}

LogLevel ParseLogLevel(const std::string& text) {
  const std::string name = LowerCase(text);
  if (name == "trace") return LogLevel::kTrace;
  if (name == "debug") return LogLevel::kDebug;
  if (name == "info") return LogLevel::kInfo;
  if (name == "warning" || name == "warn") return LogLevel::kWarning;
  if (name == "error") return LogLevel::kError;
  if (name == "critical") return LogLevel::kCritical;
  Refuse(text, "a log level: trace, debug, info, warning or error");
}

LogFormat ParseLogFormat(const std::string& text) {
  const std::string name = LowerCase(text);
  if (name == "text") return LogFormat::kText;
  if (name == "json") return LogFormat::kJson;
  Refuse(text, "a log format: text or json");
}

std::string ParseMetricPrefix(const std::string& text) {
  if (text.empty() || !IsNameStart(text.front()) ||
      !std::all_of(text.begin(), text.end(), IsNamePart)) {
    Refuse(text,
           "a metric prefix: letters, digits and _, not starting with a "
           "digit");
  }
  return text;
}

std::string ParseTelemetryPath(const std::string& text) {
  const bool is_path =
      text.size() > 1 && text.front() == '/' &&
      std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7f && c != '?' && c != '#' && c != '%';
      });
  if (!is_path || text.compare(0, 3, "/-/") == 0) {
    Refuse(text, "a path like /metrics (/ and /-/… are reserved)");
  }
  return text;
}

std::string ParseListenAddress(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) {
    Refuse(text, "an address: host:port, [IPv6]:port or :port");
  }
  const std::string host = text.substr(0, colon);
  const bool has_brackets =
      host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (!has_brackets && host.find_first_of(":[]") != std::string::npos) {
    Refuse(text,
           "an address: an IPv6 address needs brackets, as in [::1]:8000");
  }
  if (host.find_first_of(" \t/") != std::string::npos) {
    Refuse(text, "an address: host:port, [IPv6]:port or :port");
  }
  const std::string port = text.substr(colon + 1);
  try {
    ParseNumber(port, 0, 65535);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument("in '" + text + "', " + error.what());
  }
  return text;
}

std::string ListenAddressOf(const std::string& bind_ip, uint16_t port) {
  const bool needs_brackets =
      bind_ip.find(':') != std::string::npos && bind_ip.front() != '[';
  return (needs_brackets ? "[" + bind_ip + "]" : bind_ip) + ":" +
         std::to_string(port);
}

std::vector<std::string> ParseInterfaces(
    const std::vector<std::string>& texts) {
  constexpr size_t kMaxNameBytes = 255;  // libpcap's devices have longer names
  std::vector<std::string> names;
  for (const std::string& text : texts) {
    const size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    const size_t end = text.find_last_not_of(" \t") + 1;
    const std::string name = end > begin ? text.substr(begin, end - begin) : "";
    const bool has_blank = std::any_of(name.begin(), name.end(), [](char c) {
      return static_cast<unsigned char>(c) <= ' ' || c == 0x7f;
    });
    if (name.empty() || name.front() == '-' || has_blank ||
        name.size() > kMaxNameBytes) {
      Refuse(text, "an interface name; ntm -D lists them");
    }
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace ntm
