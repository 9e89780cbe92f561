#include "log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

namespace ntm {
namespace {

// The length of the UTF-8 character that `text` begins with; 0 if it begins
// with none (RFC 3629: no overlong form, no surrogate, at most U+10FFFF).
size_t Utf8Length(std::string_view text) {
  const auto byte = [text](size_t i) {
    return i < text.size() ? static_cast<uint8_t>(text[i]) : uint8_t{0};
  };
  const auto continues = [&byte](size_t i, uint8_t low = 0x80,
                                 uint8_t high = 0xbf) {
    return byte(i) >= low && byte(i) <= high;
  };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return continues(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const uint8_t low = lead == 0xe0 ? 0xa0 : 0x80;
    const uint8_t high = lead == 0xed ? 0x9f : 0xbf;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const uint8_t low = lead == 0xf0 ? 0x90 : 0x80;
    const uint8_t high = lead == 0xf4 ? 0x8f : 0xbf;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
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
  explicit LineFormatter(LogFormat format) : format_(format) {}

  void format(const spdlog::details::log_msg& message,
              spdlog::memory_buf_t& out) override {
    const auto level = spdlog::level::to_string_view(message.level);
    const std::string line =
        FormatLogLine(format_, message.time, {level.data(), level.size()},
                      {message.payload.data(), message.payload.size()});
    out.append(line.data(), line.data() + line.size());
    out.push_back('\n');
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LineFormatter>(format_);
  }

 private:
  LogFormat format_;
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
                          std::string_view level, std::string_view message) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(time - seconds);
  const std::string stamp =
      fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                  fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                  milliseconds.count());
  const std::string text = Escape(message, format);
  if (format == LogFormat::kText) {
    return fmt::format("{} {} {}", stamp, level, text);
  }
  return fmt::format(R"({{"time":"{}","level":"{}","message":"{}"}})", stamp,
                     level, text);
}

void SetUpLog(LogLevel level, LogFormat format) {
  auto logger = std::make_shared<spdlog::logger>(
      "ntm", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_formatter(std::make_unique<LineFormatter>(format));
  logger->set_level(ToSpdlog(level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace ntm
