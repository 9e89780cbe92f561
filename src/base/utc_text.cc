#include "ntm/base/utc_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "ntm/base/unix_time.h"

namespace ntm {

std::string StoredTime(int64_t time_s) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}",
                     fmt::gmtime(static_cast<std::time_t>(time_s)));
}

std::string UtcText(int64_t time_ns, int decimals) {
  // Round down before 1970 too: a capture file may hold any time.
  int64_t second = time_ns / kNsPerSecond;
  if (time_ns % kNsPerSecond < 0) --second;
  std::string text = StoredTime(second);
  if (decimals > 0) {
    int64_t fraction = time_ns - second * kNsPerSecond;
    for (int i = decimals; i < 9; ++i) fraction /= 10;
    text += fmt::format(".{:0{}}", fraction, decimals);
  }
  return text + 'Z';
}

}  // namespace ntm
