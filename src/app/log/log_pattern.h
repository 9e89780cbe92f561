// Lines of the log as Python's logging module lays them out, for who brings
// such a configuration along: "%(asctime)s - %(levelname)s - %(message)s".
//
// Shape    the fields asctime, name, levelname, message and process, each with
//          a width and a "-" for left as in %(levelname)-8s; %% is a percent
//          sign.
// Threads  immutable once made.
// Errors   std::invalid_argument for a field or a form that is none of these,
//          and for a line without the message.
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

  // True iff the text is meant to be one.
  static bool IsMeant(std::string_view text) {
    return text.find("%(") != std::string_view::npos;
  }

  // `message` is what may stand on a line.
  std::string Line(std::chrono::system_clock::time_point time,
                   std::string_view level, std::string_view message) const;

 private:
  struct Part {
    std::string literal;  // before the field
    std::string field;    // "": none
    size_t width = 0;
    bool is_left = false;
  };

  // Returns false for what is none.
  static bool TakeField(std::string_view* rest, Part* part);

  std::vector<Part> parts_;
};

}  // namespace ntm
