#include "log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace ntm {
namespace {

// Well-formed UTF-8 by the first byte, with the range of the second byte (RFC
// 3629 section 4).
struct Utf8Row {
  uint8_t first;
  uint8_t last;
  uint8_t length;
  uint8_t second_first;
  uint8_t second_last;
};
constexpr std::array<Utf8Row, 9> kUtf8Rows = {{{0x00, 0x7f, 1, 0, 0},
                                               {0xc2, 0xdf, 2, 0x80, 0xbf},
                                               {0xe0, 0xe0, 3, 0xa0, 0xbf},
                                               {0xe1, 0xec, 3, 0x80, 0xbf},
                                               {0xed, 0xed, 3, 0x80, 0x9f},
                                               {0xee, 0xef, 3, 0x80, 0xbf},
                                               {0xf0, 0xf0, 4, 0x90, 0xbf},
                                               {0xf1, 0xf3, 4, 0x80, 0xbf},
                                               {0xf4, 0xf4, 4, 0x80, 0x8f}}};

// The length of the first UTF-8 character of `text`; 0 if it is malformed.
// REQUIRES: text is not empty.
size_t Utf8Length(std::string_view text) {
  const auto is_in = [text](size_t i, uint8_t first, uint8_t last) {
    const auto byte = static_cast<uint8_t>(text[i]);
    return byte >= first && byte <= last;
  };
  const auto* row = std::find_if(
      kUtf8Rows.begin(), kUtf8Rows.end(),
      [&is_in](const Utf8Row& r) { return is_in(0, r.first, r.last); });
  if (row == kUtf8Rows.end() || row->length > text.size()) return 0;
  if (row->length > 1 && !is_in(1, row->second_first, row->second_last)) {
    return 0;
  }
  for (size_t i = 2; i < row->length; ++i) {
    if (!is_in(i, 0x80, 0xbf)) return 0;
  }
  return row->length;
}

void AppendControl(char c, LogFormat format, std::string* out) {
  switch (c) {
    case '\n':
      *out += "\\n";
      return;
    case '\r':
      *out += "\\r";
      return;
    case '\t':
      *out += "\\t";
      return;
    default:
      *out += format == LogFormat::kJson ? "\\u00" : "\\x";
      *out += fmt::format("{:02x}", static_cast<uint8_t>(c));
  }
}

std::string Escape(std::string_view message, LogFormat format) {
  std::string out;
  out.reserve(message.size());
  while (!message.empty()) {
    const char c = message.front();
    const size_t length = Utf8Length(message);
    if (length == 0) {
      out += "\xef\xbf\xbd";  // U+FFFD
    } else if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) {
      AppendControl(c, format, &out);
    } else {
      if (format == LogFormat::kJson && (c == '"' || c == '\\')) out += '\\';
      out += message.substr(0, length);
    }
    message.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

class LineFormatter : public spdlog::formatter {
 public:
  LineFormatter(LogFormat format, std::optional<LogPattern> pattern)
      : format_(format), pattern_(std::move(pattern)) {}

  void format(const spdlog::details::log_msg& message,
              spdlog::memory_buf_t& out) override {
    const auto level = spdlog::level::to_string_view(message.level);
    const std::string line =
        FormatLogLine(format_, message.time, {level.data(), level.size()},
                      {message.payload.data(), message.payload.size()},
                      pattern_ ? &*pattern_ : nullptr);
    out.append(line.data(), line.data() + line.size());
    out.push_back('\n');
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LineFormatter>(format_, pattern_);
  }

 private:
  LogFormat format_;
  std::optional<LogPattern> pattern_;
};

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace:
      return spdlog::level::trace;
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kCritical:
      return spdlog::level::critical;
    case LogLevel::kInfo:
      break;
  }
  return spdlog::level::info;
}

}  // namespace

std::string FormatLogLine(LogFormat format,
                          std::chrono::system_clock::time_point time,
                          std::string_view level, std::string_view message,
                          const LogPattern* pattern) {
  const std::string text = Escape(message, format);
  if (pattern != nullptr) return pattern->Line(time, level, text);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(time - seconds);
  const std::string stamp =
      fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                  fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                  milliseconds.count());
  if (format == LogFormat::kText) {
    return fmt::format("{} {} {}", stamp, level, text);
  }
  return fmt::format(R"({{"time":"{}","level":"{}","message":"{}"}})", stamp,
                     level, text);
}

void SetLogLevel(LogLevel level) {
  spdlog::default_logger()->set_level(ToSpdlog(level));
}

void SetUpLog(LogLevel level, LogFormat format, const LogFile& file,
              const std::optional<LogPattern>& pattern) {
  auto logger = std::make_shared<spdlog::logger>(
      "ntm", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  if (!file.path.empty()) logger->sinks().push_back(MakeLogFile(file));
  logger->set_formatter(std::make_unique<LineFormatter>(format, pattern));
  logger->set_level(ToSpdlog(level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace ntm
