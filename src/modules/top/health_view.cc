#include "health_view.h"

#include <fmt/format.h>

#include <algorithm>

namespace ntm::top {
namespace {

constexpr size_t kNameColumns = 15;
constexpr size_t kBlockGap = 2;

std::vector<std::string> Broken(const std::string& text, size_t columns) {
  std::vector<std::string> lines(1);
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t space = text.find(' ', begin);
    const size_t end = space == std::string::npos ? text.size() : space;
    const std::string word = text.substr(begin, end - begin);
    begin = end + 1;
    const std::string longer =
        lines.back().empty() ? word : lines.back() + ' ' + word;
    if (lines.back().empty() || ColumnsOf(longer) <= columns) {
      lines.back() = longer;
    } else {
      lines.push_back(word);
    }
  }
  return lines;
}

std::string AnswersLine(const char* name, const AnswerTimes& answers) {
  return fmt::format("{:<{}}{:>9}{:>8}{:>7}", name, kNameColumns,
                     MsText(answers.median_seconds),
                     MsText(answers.p95_seconds), CountText(answers.count));
}

std::string LostLine(const char* name, double part, double whole) {
  return fmt::format("{:<{}}{:>9}{:>7}{:>7}", name, kNameColumns,
                     ShareText(part, whole), CountText(part), CountText(whole));
}

std::vector<std::string> AnswerBlock(const Health& health) {
  return {fmt::format("{:<{}}{:>9}{:>8}{:>7}", "Answers of", kNameColumns,
                      "median", "95 %", "count"),
          AnswersLine("the internet", health.internet),
          AnswersLine("local hosts", health.local),
          AnswersLine("name servers", health.dns)};
}

std::vector<std::string> LostBlock(const Health& health) {
  return {
      fmt::format("{:<{}}{:>9}{:>7}{:>7}", "Again or failed", kNameColumns,
                  "share", "count", "of"),
      LostLine("downloads again", health.down.retransmitted,
               health.down.segments),
      LostLine("uploads again", health.up.retransmitted, health.up.segments),
      LostLine("connections", health.failed_connections, health.connections),
      LostLine("questions", health.failed_questions, health.questions)};
}

}  // namespace

std::string MsText(const std::optional<double>& seconds) {
  if (!seconds) return "-";
  constexpr double kMsPerSecond = 1000;
  constexpr double kFewMs = 10;
  const double ms = *seconds * kMsPerSecond;
  return fmt::format("{:.{}f} ms", ms, ms < kFewMs ? 1 : 0);
}

std::string ShareText(double part, double whole) {
  if (whole <= 0) return "-";
  constexpr double kHundred = 100;
  return fmt::format("{:.1f} %", kHundred * part / whole);
}

std::string CountText(double count) {
  constexpr double kThousand = 1e3;
  constexpr double kMillion = 1e6;
  if (count < 100 * kThousand) return fmt::format("{:.0f}", count);
  if (count < 10 * kMillion) return fmt::format("{:.0f}k", count / kThousand);
  return fmt::format("{:.1f}M", count / kMillion);
}

std::vector<std::string> FindingLines(const Health& health, size_t columns,
                                      size_t rows, Charset charset) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < health.findings.size(); ++i) {
    const std::string& finding = health.findings[i];
    const auto broken = columns == 0 ? std::vector<std::string>{finding}
                                     : Broken(finding, columns);
    const bool is_last = i + 1 == health.findings.size();
    if (lines.size() + broken.size() + (is_last ? 0 : 1) > rows) {
      if (lines.size() < rows) {
        lines.push_back(
            fmt::format("{} more: see a larger terminal, or the page.",
                        health.findings.size() - i));
      }
      break;
    }
    lines.insert(lines.end(), broken.begin(), broken.end());
  }
  if (columns > 0) {
    for (std::string& line : lines) line = Cut(line, columns, charset);
  }
  return lines;
}

std::vector<std::string> FigureLines(const Health& health, size_t columns,
                                     Charset charset) {
  std::vector<std::string> lines = AnswerBlock(health);
  const std::vector<std::string> lost = LostBlock(health);
  const size_t both = lines[0].size() + kBlockGap + lost[0].size();
  if (columns == 0 || columns >= both) {
    const size_t width = lines[0].size();
    lines.resize(std::max(lines.size(), lost.size()));
    for (size_t i = 0; i < lost.size(); ++i) {
      lines[i].resize(width + kBlockGap, ' ');
      lines[i] += lost[i];
    }
  } else {
    lines.insert(lines.end(), lost.begin(), lost.end());
  }
  if (columns > 0) {
    for (std::string& line : lines) line = Cut(line, columns, charset);
  }
  return lines;
}

}  // namespace ntm::top
