// Formats log lines by a pattern of Python's logging module, such as
// "%(asctime)s - %(levelname)s - %(message)s", for users who migrate with such
// a configuration (docs/migration.md).
//
// Shape    the fields asctime, name, levelname, message and process, each with
//          an optional width and "-" for left alignment, as in %(levelname)-8s;
//          %% is a percent sign.
// Threads  immutable after construction.
// Errors   std::invalid_argument for an unknown field or conversion, and for a
//          pattern without the message.
// Source   Python's library reference: logging, LogRecord attributes; times
//          as Formatter.formatTime writes them, in the time zone of this
//          process.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace ntm {

class LogPattern {
 public:
  explicit LogPattern(std::string_view text);

  // Returns true iff the text is a pattern and not "text" or "json".
  static bool IsMeant(std::string_view text) {
    return text.find("%(") != std::string_view::npos;
  }

  // `message` is already escaped.
  std::string Line(std::chrono::system_clock::time_point time,
                   std::string_view level, std::string_view message) const;

 private:
  struct Part {
    std::string literal;  // before the field
    std::string field;    // "": none
    size_t width = 0;
    bool is_left = false;
  };

  // Returns false if `rest` does not start with a valid field.
  static bool TakeField(std::string_view* rest, Part* part);

  std::vector<Part> parts_;
};

}  // namespace ntm
